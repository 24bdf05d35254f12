"""`bench office`: every figure that this release promises of data, identity and the API."""

from typing import Final

from benchmarks import office_database, office_identity, office_kv, office_load, office_outage, office_strangers, office_tracks

MEASUREMENTS: Final = (
    office_load.MEASUREMENT,
    office_outage.MEASUREMENT,
    *office_database.MEASUREMENTS,
    *office_kv.MEASUREMENTS,
    office_tracks.MEASUREMENT,
    office_identity.RACES,
    office_identity.TIMING,
    office_strangers.MEASUREMENT,
)
