"""`sonicforge check-config`."""

from pathlib import Path

from sonicforge.config import load


def run(config: Path | None) -> None:
    """Prints what was understood; raises InvalidConfiguration otherwise."""
    settings = load(config)
    print(f"{config or 'configuration'}: ok")
    print(f"  stations  {', '.join(settings.stations)}")
    print(f"  address   http://{settings.server.host}:{settings.server.port}")
    print(f"  state     {settings.state.folder.resolve()}")
    print(f"  media     {settings.media.folder.resolve()}")
