"""Foreign formats: ACLED, UCDP GED, UN peacekeeping fatalities, GTD and GDELT."""
