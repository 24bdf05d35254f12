"""Names tracks and who plays them. All artists are the station's own inventions; titles are put together from words, so that a
thousand tracks hardly repeat one."""

from typing import Final

import numpy as np

ARTISTS: Final = {
    "drum & bass": (
        "Kestrel Parade", "Oxide Garden", "Mira Tallow", "Northwall Unit", "Halfmoon Ferry", "Sable Circuit", "Juno Ashwick",
        "Tidewright", "Paper Antenna", "Low Meridian", "Coda Fennimore", "Rainfall Bureau",
    ),
    "trance": (
        "Aurelane", "Solenne Vey", "Ninth Horizon Club", "Cassio Lumen", "Velastra", "Orison Field", "Helia Marchetta",
        "Skyward Annex", "Tessaly Rowe", "Luminary 88", "Everhallow", "Astra Pellworth",
    ),
    "house": (
        "Marlowe & Pine", "Deko Saint", "Velvet Ledger", "Ines Calloway Trio", "Sunday Apparatus", "Bramble Street", "Otis Varnish",
        "Lila Montrose Sound", "Papaya Dept.", "Corner Piano Club", "Hotel Marigold", "Tomas Quill",
    ),
    "techno": (
        "Werk Neun", "Ansel Kraft", "Ferrous Choir", "Null Island Radio", "Kova Dreyer", "Substation West", "Petra Volkmar",
        "Grey Lattice", "Monorail Theory", "Iso Hartmann", "Black Tram", "Vektor Haus",
    ),
    "ambient": (
        "Halden Mere", "Sleeping Cartographer", "Ovelle", "The Quiet Annex", "Linnea Frost-Hale", "Slow Atlas", "Marrow & Mist",
        "Isle of Hours", "Evensong Bureau", "Pale Archive", "Noor Vandermeer", "Lichen Choir",
    ),
    "lo-fi": (
        "Tin Lamp", "Cassette Orchard", "Benji Marsh", "Two Sugars", "Half Past Rain", "Milo Okonjo", "Study Hall Cat", "Paper Plane Ltd.",
        "Attic Light", "Nao & the Kettle", "Worn Slippers", "Biscuit Theory",
    ),
    "synthwave": (
        "Vantage 84", "Laser Marina", "Chrome Avenue", "Roxy Vector", "Night Coupe", "Palm Grid", "Dex Halloran", "Ultra Arcade",
        "Miranda Volt", "Sunset Protocol", "Hologram Club", "Turbo Estate",
    ),
    "downtempo": (
        "Smoke Ledger", "Idris Bellweather", "Low Tide Society", "The Amber Room", "Sable & Reed", "Delta Parlour", "Yara Mondes",
        "Slow Harbour", "Sub Rosa Sound", "Camel & Crane", "Odette Farrow", "Warm Concrete",
    ),
}  # fmt: skip
"""Genre -> its stable."""

_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "drum & bass": (
        (
            "Amber Silver Distant Hidden Restless Gentle Broken Northern Weightless Late Quiet Rolling Paper Violet Open Slow "
            "Unspoken Borrowed Fading Electric Shallow Deep Feathered Hollow Golden"
        ),
        (
            "Rain Harbour Signal Skyline Current Shelter Daybreak Estuary Corridor Lanterns Pressure Window Satellite Undertow "
            "Memory Orchard Static Horizon Passage Echo Rooftop Canopy Motion Tide Overpass"
        ),
        "Leave Carry Hold Follow Remember Outrun Find Lose Trace Cross",
    ),
    "trance": (
        (
            "Endless Radiant Crystal Celestial Solar Infinite Silent Rising Eternal Luminous Azure Sacred Lost First Perfect Winter "
            "Summer Higher Falling White Aurora Seventh Tender Boundless Clear"
        ),
        (
            "Horizon Light Ascension Shoreline Stars Meridian Daylight Altitude Dream Constellation Heaven Ocean Promise Sunrise "
            "Voyage Gravity Sanctuary Reflection Eclipse Miracle Atlas Sky Solstice Embrace Glacier"
        ),
        "Reach Believe Follow Become Touch Remember Breathe Chase Awaken Cross",
    ),
    "house": (
        (
            "Velvet Sunday Warm Midnight Sugar Honey Brass Lemon Easy Lazy Copper Neon Coral Mellow Second Little Bright Late Sweet "
            "Paper Rooftop Downtown Cotton Open Smooth"
        ),
        (
            "Groove Avenue Terrace Kitchen Letters Company Weather Affair Piano Balcony Habit Saturday Feeling Colours Parade "
            "Garden Motel Cinema Promenade Table Holiday Mirror Elevator Fever Station"
        ),
        "Keep Move Bring Feel Share Take Hold Show Love Call",
    ),
    "techno": (
        (
            "Concrete Magnetic Grey Parallel Vacant Static Carbon Linear Night Hollow Remote Silent Iron Polar Cold Binary Analogue "
            "Obsidian Lower Outer Double Mechanical Blind Tidal Phantom"
        ),
        (
            "Structure Corridor Engine Grid Motion Process Tunnel Circuit Shift Lattice Chamber Turbine Platform Vector Friction "
            "Membrane Depot Protocol Cascade Interval Shaft Archive Field Transit Relay"
        ),
        "Enter Leave Rotate Divide Measure Trace Enclose Repeat Invert Observe",
    ),
    "ambient": (
        (
            "Still Pale Distant Weightless Drowned Glacial Inner Slow Faint Unlit Northern Tidal Luminous Silver Hollow Patient "
            "Vanishing Suspended Open Salt First Winter Soft Far Endless"
        ),
        (
            "Lake Fog Meadow Breath Constellation Drift Hours Shoreline Moss Snowfield Aurora Chapel Valley Tide Glass Orbit "
            "Threshold Lantern Cloud River Silence Horizon Estuary Garden Delta"
        ),
        "Watch Become Forget Follow Enter Hold Gather Dissolve Remember Cross",
    ),
    "lo-fi": (
        (
            "Lazy Rainy Sleepy Little Warm Dusty Sunday Borrowed Late Crumpled Cosy Slow Woollen Faded Early Second Tiny Cloudy "
            "Quiet Lukewarm Patched Lamplit Mellow Paper Idle"
        ),
        (
            "Kettle Window Notebook Bus Bakery Blanket Cat Homework Sidewalk Coffee Umbrella Bookshelf Balcony Alley Radio Sketch "
            "Rooftop Library Postcard Cardigan Raindrops Tram Noodles Pillow Walk"
        ),
        "Skip Miss Find Borrow Keep Draw Leave Pour Share Fold",
    ),
    "synthwave": (
        (
            "Neon Chrome Midnight Electric Crimson Turbo Infinite Miami Laser Violet Digital Atomic Burning Magnetic Ultra Cobalt "
            "Lost Endless Phantom Velvet Solar Hidden Arcade Final Scarlet"
        ),
        (
            "Highway Skyline Sunset Grid Boulevard Cassette Horizon Pursuit Cruiser Arcade Machine Heartbeat Mirage Overdrive Coast "
            "Reflections Nights Replicant Hotel Satellite Memory Runner Voltage Dream Escape"
        ),
        "Chase Outrun Ignite Remember Cross Unlock Ride Escape Trace Rewind",
    ),
    "downtempo": (
        (
            "Smoky Deep Amber Low Slow Heavy Copper Hidden Humid Blue Velvet Sunken Late Dark Golden Bitter Warm Shaded Indigo "
            "Distant Rusted Sleepless Hazy Silken Southern"
        ),
        (
            "Room Bazaar Harbour Shadow Incense Verandah Undertow Letter Ember River Lounge Delta Courtyard Pulse Monsoon Cinema "
            "Ritual Staircase Sand Hotel Current Archipelago Tea Mirage Alley"
        ),
        "Drift Burn Follow Leave Sink Carry Keep Cross Taste Unravel",
    ),
}
"""Genre -> adjectives, nouns, verbs."""
_PLACES: Final = (
    "Lisbon", "the Coast", "the Old Quarter", "Platform Four", "the Sea Wall", "Room 12", "the Upper Deck", "the Valley", "Pier Nine",
    "the Greenhouse", "the Ring Road", "the North Shore", "Hangar Two", "the Lighthouse", "the Last Stop", "the Observatory",
)  # fmt: skip
_TIMES: Final = (
    "at Dawn",
    "at Dusk",
    "in April",
    "in August",
    "in November",
    "After Hours",
    "by Night",
    "at Noon",
    "in Winter",
    "Before Rain",
)
_SUFFIXES: Final = ("", "", "", "", "", "", " (Extended)", " (Night Version)", " (Dub)", " (Reprise)", " II", " III")


def name_track(genre: str, rng: np.random.Generator) -> tuple[str, str]:
    """A title and an artist of the genre."""
    first, second, third = (str(rng.choice(words.split())) for words in _WORDS[genre])
    other = str(rng.choice(_WORDS[genre][1].split()))
    place, time = str(rng.choice(_PLACES)), str(rng.choice(_TIMES))
    shapes = (
        f"{first} {second}",
        f"{first} {second} {time}",
        f"{second} {time}",
        f"{third} the {second}",
        f"{third} the {first} {second}",
        f"{second} over {place}",
        f"{first} {second}, {place}" if not place.startswith("the") else f"{first} {second} on {place}",
        f"{second} & {other}" if other != second else f"{first} & {second}",
        f"{first} {second} / {other}" if other != second else f"{second} {time}",
        f"The {first} {second} of {place}",
    )
    weights = np.array([2.0, 3.0, 1.0, 1.5, 3.0, 2.0, 2.0, 2.0, 1.0, 2.0])
    shape = shapes[int(rng.choice(len(shapes), p=weights / weights.sum()))]
    return shape + str(rng.choice(_SUFFIXES)), str(rng.choice(ARTISTS[genre]))
