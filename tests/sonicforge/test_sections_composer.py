from pathlib import Path

import pytest

from generation.bandit.arm import MEMORY_VOTES
from generation.bandit.thompson import FLOOR
from generation.llm.presets import PRESETS
from generation.llm.provider import Batching, JsonMode
from sonicforge.config import InvalidConfiguration, Settings, load
from sonicforge.sections_composer import Composer, Llm


def told(folder: Path, text: str) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return load(file)


def test_its_defaults_are_the_bandits() -> None:
    assert (Composer().exploration, Composer().memory_votes) == (FLOOR, MEMORY_VOTES)


def test_a_provider_is_the_preset_with_what_is_stated_otherwise(tmp_path: Path) -> None:
    llm = told(
        tmp_path,
        '[llm]\nproviders = ["groq", "other"]\nbudget_dollars_a_day = 0.25\n'
        '[llm.provider.groq]\nkey = "abc"\nmodel = "m"\njson_mode = "schema"\nbatching = "none"\n'
        '[llm.provider.other]\nurl = "http://10.0.0.5:9000/v1"\nmodel = "own"\nown_network = true\n'
        "dollars_per_million_in = 0\ndollars_per_million_out = 0\nchoices_at_once = 4\n",
    ).llm
    groq, other = (llm.stated(name).provider(name, "key") for name in llm.providers)
    assert (groq.model, groq.json_mode, groq.batching, groq.url) == ("m", JsonMode.SCHEMA, Batching.NONE, PRESETS["groq"].url)
    assert (other.free, other.own_network, other.choices_at_once) == (True, True, 4)
    assert llm.budget_microdollars == 250_000
    assert "abc" not in f"{llm}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[llm]\nproviders = ["vllm"]', "the provider vllm needs model"),
        ('[llm]\nproviders = ["other"]', "other needs url, model, dollars_per_million_in"),
        ('[llm]\nproviders = ["ollama", "ollama"]', "names one twice"),
        ('[llm]\nproviders = ["skynet"]', "llm.providers.0: input should be 'ollama'"),
        ('[llm.provider.groq]\nkee = "x"', "llm.provider.groq.kee: unknown key; allowed here: batching, calls_at_once"),
        ("[llm.provider.groq]\nkey = 4711", "llm.provider.groq.key: input should be a valid string"),
        ('[llm.provider.groq]\nurl = "ftp://x"', "llm.provider.groq.url"),
        ('[composer]\ntimezone = "Mars/Olympus"', "there is no such time zone"),
        ("[composer]\nplan_hours = 1", "2 hours or more"),
        ('[stations.main.composer]\nmoods = ["loud"]', "loud is no word of mood; there are dark"),
        ("[stations.main.composer]\nshares = { polka = 1.0 }", "polka is no genre"),
        ("[stations.main.composer]\nshares = { ambient = 1.0 }", "ambient, which is not among studio_genres"),
        ("[stations.main.composer]\nmooods = 1", "stations.main.composer.mooods: unknown key; allowed here: follows_the_clock"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        told(tmp_path, text)
    assert words in str(caught.value)
    assert "4711" not in str(caught.value), "a key is told to nobody, not even a wrong one"


def test_there_is_a_table_for_each_provider_that_is_known() -> None:
    for name in PRESETS:
        assert Llm.model_validate({"provider": {name: {}}}).stated(name).key.get_secret_value() == ""
