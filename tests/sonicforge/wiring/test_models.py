import socket
from pathlib import Path

from generation.llm.presets import provider_of
from sonicforge.config import Settings
from sonicforge.wiring.models import answers, fields_of, price_of, providers_of


def settings(**llm: object) -> Settings:
    return Settings.model_validate({"llm": llm})


def test_who_has_a_key_or_stands_in_the_own_network_may_be_asked(tmp_path: Path) -> None:
    secret = tmp_path / "groq"
    secret.write_text("from-a-file\n")
    told = settings(
        providers=["ollama", "groq", "openai", "deepseek", "anthropic"],
        provider={"groq": {"key": f"file:{secret}"}, "openai": {"key": "plain"}, "anthropic": {"key": f"file:{tmp_path}/none"}},
    )
    usable, unusable = providers_of(told)
    assert [(one.name, one.key) for one in usable] == [("ollama", ""), ("groq", "from-a-file"), ("openai", "plain")]
    assert [one.name for one in unusable] == ["deepseek", "anthropic"]
    assert "set llm.provider.deepseek.key or SONICFORGE_LLM__PROVIDER__DEEPSEEK__KEY" in unusable[0].why
    assert unusable[1].why.startswith("llm.provider.anthropic.key: the file cannot be read")


def test_a_key_that_no_header_may_hold_is_not_used_and_not_told() -> None:
    usable, [broken] = providers_of(settings(providers=["groq"], provider={"groq": {"key": "schlüssel"}}))
    assert usable == []
    assert "what no header may hold" in broken.why
    assert "schl" not in broken.why


def test_vault_has_the_keys_that_are_not_configured() -> None:
    told = settings(providers=["groq", "openai"], provider={"openai": {"key": "plain"}})
    assert fields_of(told) == ["llm_groq"]
    usable, unusable = providers_of(told, {"llm_groq": "from-vault", "llm_openai": "not asked for"})
    assert [one.key for one in usable] == ["from-vault", "plain"]
    assert unusable == []
    vault = Settings.model_validate({"llm": {"providers": ["groq"]}, "secrets": {"vault_url": "https://vault.example"}})
    assert "looked for in Vault" in providers_of(vault)[1][0].why


def test_a_server_of_ones_own_answers_or_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert answers(provider_of("ollama", url=f"http://127.0.0.1:{port}/v1"))
    assert not answers(provider_of("ollama", url=f"http://127.0.0.1:{port}/v1"))


def test_a_price_is_told_in_plain_words() -> None:
    assert price_of(provider_of("ollama")) == "free"
    assert price_of(provider_of("groq")) == "$0.59 and $0.79 for a million tokens asked and answered"
