"""`sonicforge check-config`: what was understood of the configuration, and whether what it asks for may be had here."""

from pathlib import Path

from sonicforge.config import load
from sonicforge.wiring.models import price_of, providers_of
from sonicforge.wiring.studio_choice import choose, may_be_refused, this_machine


def run(config: Path | None) -> None:
    """Prints what was understood; raises InvalidConfiguration otherwise."""
    settings = load(config)
    if may_be_refused(settings):
        from sonicforge.wiring.studio import check_studio

        check_studio(settings)
    print(f"{config or 'configuration'}: ok")
    print(f"  stations  {', '.join(settings.stations)}")
    print(f"  address   http://{settings.server.host}:{settings.server.port}")
    print(f"  state     {settings.state.folder.resolve()}")
    print(f"  media     {settings.media.folder.resolve()}")
    usable, unusable = providers_of(settings)
    for provider in usable:
        print(f"  composer  {provider.name}: {provider.model}, {price_of(provider)}")
    for one in unusable:
        print(f"  composer  {one.name} is not usable: {one.why}")
    if not usable:
        print("  composer  by rules")
    if settings.studio.enabled:
        choice = choose(settings, this_machine())
        then = f" Should it fail: {', '.join(choice.names[1:])}." if choice.names[1:] else ""
        print(f"  studio    {choice.why}{then}")
