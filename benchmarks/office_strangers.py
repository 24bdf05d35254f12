"""Every role asks the whole API for what its document allows and for much that it does not: schemathesis, 200 examples an operation."""

import asyncio
from typing import Final

from benchmarks import station
from benchmarks.measurement import Measurement
from benchmarks.office_load import UNLIMITED
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from benchmarks.visitor import visitor

ROLES: Final = ("superadmin", "admin", "moderator", "dj", "user", "viewer", "api_client")
EXAMPLES: Final = 200
SECONDS_A_ROLE: Final = 600.0

FAULTS: Final = {role: Bar(f"the API as a stranger finds it, {role}: complaints", "runs", most=0) for role in ROLES}


async def measure() -> list[Row]:
    """One station for all: what one leaves behind, the next one meets."""
    from tests.control.api.strangers import complaints
    from tests.listeners.test_strangers import NOT_ASKED

    rows = []
    with station.scratch() as folder:
        async with station.on_air(folder, STUDIO__ENABLED="false", **UNLIMITED) as ours:
            for role in ROLES:
                progress(f"the API as a stranger finds it: {role}")
                token = (await visitor(ours, role)).token
                found = await asyncio.to_thread(
                    complaints,
                    ours.address,
                    token,
                    EXAMPLES,
                    leave_out=NOT_ASKED,
                    phases="examples,coverage,fuzzing",
                    limit_seconds=SECONDS_A_ROLE,
                )
                rows.append(FAULTS[role].row(bool(found), note=" ".join(found[-600:].split())))
    return rows


MEASUREMENT: Final = Measurement(tuple(FAULTS.values()), measure, SECONDS_A_ROLE * len(ROLES))
