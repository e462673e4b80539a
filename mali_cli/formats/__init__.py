"""Foreign formats: ACLED, UCDP GED and UN fatalities."""
