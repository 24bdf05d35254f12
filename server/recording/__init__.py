"""The aircheck: what was on air, written down hour by hour and show by show."""
