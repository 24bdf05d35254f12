"""What a worker tells Prometheus."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.control.remote_worker.hired import hired
from tests.control.remote_worker.makers import Maker
from tests.control.remote_worker.test_routes import asked, brief, done

pytestmark = pytest.mark.real


async def test_every_figure(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        await one.ask("POST", "/v1/errands", asked(brief(1), brief(2)))
        [errand] = [each.id for each in one.workshop._errands.values()]
        await done(one, errand)
        await one.ask("GET", "/v1/about", headers={})
        text = (await one.ask("GET", "/metrics", headers={})).body.decode()
    found = {
        (sample.name, *sample.labels.values()): sample.value for family in text_string_to_metric_families(text) for sample in family.samples
    }
    assert found[("sonicforge_errands_ended_total", "done")] == 1
    assert found[("sonicforge_errands_ended_total", "failed")] == 0
    assert found[("sonicforge_errand_takes_total",)] == 2
    assert found[("sonicforge_errand_seconds_total",)] > 0
    assert found[("sonicforge_errands_waiting",)] == 0
    assert found[("sonicforge_errands_working",)] == 0
    assert found[("sonicforge_worker_refusals_total", "unsigned")] == 1
