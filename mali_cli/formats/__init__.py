"""Foreign formats: ACLED, UCDP GED and UN peacekeeping fatalities."""
