"""`sonicforge annotate`: the catalogue as requests of Liquidsoap, one `annotate:` line a track, in a playlist."""

from pathlib import Path

from server.catalogue.annotations import annotate_line
from server.catalogue.catalogue import Catalogue
from server.track import Source
from sonicforge.config import load
from sonicforge.folders import Folders


def run(config: Path | None) -> int:
    """Prints an M3U playlist of all that may air; 1 if there is nothing. Reads files only: the station may be running or not."""
    catalogue = Catalogue(Folders(load(config).state.folder.expanduser().resolve()).catalogue)
    tracks = [track for source in (Source.LIBRARY, Source.STUDIO) for track in catalogue.tracks(source).values()]
    airable = [track for track in tracks if not catalogue.is_refused(track)]
    airable.sort(key=lambda track: (track.artist, track.title, track.id))
    print("#EXTM3U")
    for track in airable:
        print(annotate_line(track))
    return 0 if airable else 1
