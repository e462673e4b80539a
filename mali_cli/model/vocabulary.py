"""Words of the tables that pandas and SQL queries share: columns, event types, precisions, harms and causes."""

from __future__ import annotations

ACTOR_COLUMNS = ("side_a", "side_b", "responsibility")
RELATION_DATES = ("date_start", "date_end", "first_reported", "last_reported")

# Precisions and kinds of place whose coordinates represent an area rather than a point.
AREAL_PRECISIONS = ("region", "country", "area")
BUILDING = "building"  # a kind of place that maps and comparisons take as the town it lies in

# ACLED's "political violence": events in which people may have been killed even if no figure is given.
VIOLENT_TYPES = frozenset({"Battles", "Explosions/Remote violence", "Violence against civilians", "Riots"})
VIOLENT_SUB_TYPES = frozenset({"Excessive force against protesters"})

UNKNOWN_HOLDER = "unknown"  # the holder of a place, and the status of the holder, where none is stated
LAST_KNOWN = "last known"  # the status of a holder whose statement is older than --max-age
PRESENT = "present"  # basis of statements of control that troops are there, without holding the place

BELLIGERENT_KINDS = ("party", "state")  # kinds of claimant that fight, or whose army does

BOUNDS = ("low", "best", "high")  # the numbers of a figure
SUMMED_HARMS = ("wounded", "captured", "missing", "deserted", "hostage", "freed", "lost")  # one column of sums each
ZERO_OR_NOT_STATED = "0 or not stated"  # the wording of ACLED's 0, which is no number
STOCK_HARMS = ("displaced", "refugee")  # numbers on a date, which are never added up
NON_HOSTILE_CAUSES = ("accident", "illness", "self-inflicted", "unknown")

# What files of counts count; an event of civilian targeting is also one of political violence.
POLITICAL_VIOLENCE = "Political violence"
DEMONSTRATIONS = "Demonstrations"
CIVILIAN_TARGETING = "Civilian targeting"
