"""Triton's kernels for one step on a GPU: their source. generation/musicgen/triton_math.py compiles and launches them.

What a step costs is reading: weights once, keys and values of all that has been played. So each kernel reads what it needs once, in order,
and does on the side what would otherwise be a pass of its own: a norm, GELU, the sum with what was there, the draw.

- `attend` reads only the places that have been played: how many stands in device memory, so that a recorded step reads more each time.
  Where there are few rows, the places of each are split among programs, and `combine` adds up what they found. It also keeps this place's
  keys and values (`own`: they stand behind the query), as bytes where the cache holds bytes (`top`: the greatest number of one). Each lane
  of a tile has a peak and a weight of its own until the end, so that nothing is exchanged on the way.
- `project` is a matrix product for few rows. The norm before it has no weights of its own (they are in the matrix), so only mean and
  variance of the inputs are missing, which are summed while they pass: y = (x W' - mean sums) / deviation + bias.
- `embed` and `pick` begin and end a step. `pick` finds the k-th likeliest by halving an interval of whole numbers, ordered as floats are.

Arguments are pointers, then numbers, then what is known when a kernel is compiled (constexpr). Names of this file that kernels use are set
by triton_math.compiled.
"""

from __future__ import annotations  # triton reads the annotations as text

from typing import Any, TypeAlias

tl: Any = None
"""triton.language."""
constexpr: TypeAlias = Any  # noqa: PYI042 -- triton's word
tensor: TypeAlias = Any  # noqa: PYI042 -- triton's word: a pointer or a number


def embed(
    codes: tensor, column: tensor, before: tensor, table: tensor, places: tensor, x: tensor, takes: tensor, columns: tensor,
    books: constexpr, vocabulary: constexpr, width: constexpr, tile: constexpr, branches: constexpr,
) -> None:  # fmt: skip
    """Program (take, tile): the sum of a column's embeddings and of what says where it is, for each branch."""
    take = tl.program_id(0)
    lane = tl.program_id(1) * tile + tl.arange(0, tile)
    inside = lane < width
    at = tl.load(column + take)
    heard = tl.load(places + (at + tl.load(before + take)) * width + lane, mask=inside, other=0.0).to(tl.float32)
    for book in tl.static_range(books):
        code = tl.load(codes + (take * books + book) * columns + at)
        heard += tl.load(table + (book * (vocabulary + 1) + code) * width + lane, mask=inside, other=0.0).to(tl.float32)
    for branch in tl.static_range(branches):
        tl.store(x + (branch * takes + take) * width + lane, heard.to(x.dtype.element_ty), mask=inside)


def project(
    x: tensor, weight: tensor, scale: tensor, bias: tensor, sums: tensor, y: tensor, rows: tensor, outputs: tensor, epsilon: tensor,
    inputs: constexpr, tile: constexpr, wide: constexpr, depth: constexpr,
    normed: constexpr, gelu: constexpr, added: constexpr, scaled: constexpr, biased: constexpr,
) -> None:  # fmt: skip
    """Program n: `wide` outputs of all rows, of which a tile holds `tile`. `added`: y holds what they are added to."""
    row, column = tl.arange(0, tile), tl.program_id(0) * wide + tl.arange(0, wide)
    there = (row < rows)[:, None]
    total = tl.zeros([tile, wide], tl.float32)
    first = tl.zeros([tile, depth], tl.float32)
    second = tl.zeros([tile, depth], tl.float32)
    for start in range(0, inputs, depth):
        lane = start + tl.arange(0, depth)
        some = tl.load(x + row[:, None] * inputs + lane[None, :], mask=there, other=0.0)
        part = tl.load(weight + column[None, :] * inputs + lane[:, None])
        total = tl.dot(some, part.to(some.dtype), total, input_precision="ieee")
        if normed:
            exact = some.to(tl.float32)
            first += exact
            second += exact * exact
    if scaled:
        total *= tl.load(scale + column)[None, :]
    if normed:
        mean = tl.sum(first, 1) / inputs
        variance = tl.sum(second, 1) / inputs - mean * mean
        total = (total - mean[:, None] * tl.load(sums + column)[None, :]) * tl.rsqrt(variance + epsilon)[:, None]
    if biased:
        total += tl.load(bias + column).to(tl.float32)[None, :]
    if gelu:
        total = 0.5 * total * (1.0 + tl.erf(total * 0.7071067811865476))
    place = y + row[:, None] * outputs + column[None, :]
    if added:
        total += tl.load(place, mask=there, other=0.0).to(tl.float32)
    tl.store(place, total.to(y.dtype.element_ty), mask=there)


def attend(
    asked: tensor, keys: tensor, values: tensor, key_scales: tensor, value_scales: tensor, lengths: tensor, before: tensor,
    found: tensor, peaks: tensor, weights: tensor, takes: tensor, columns: tensor, stride: tensor, sharpness: tensor,
    heads: constexpr, width: constexpr, tile: constexpr, splits: constexpr, own: constexpr, top: constexpr, rounded: constexpr,
) -> None:  # fmt: skip
    """Program (row * heads + head, split): some of the places of one head, or all of them: then `found` is the answer."""
    row, head, split = tl.program_id(0) // heads, tl.program_id(0) % heads, tl.program_id(1)
    lane = tl.arange(0, width)
    length = tl.load(lengths + row % takes).to(tl.int32)
    if own:
        length += tl.load(before + row % takes).to(tl.int32)
    share = tl.cdiv(tl.cdiv(length, tile), splits) * tile
    high = tl.minimum(split * share + share, length)
    asked += row * stride + head * width + lane
    query = tl.load(asked).to(tl.float32) * sharpness
    start = tl.program_id(0) * columns
    peak = tl.full([tile], -1e30, tl.float32)
    weight = tl.zeros([tile], tl.float32)
    heard = tl.zeros([tile, width], tl.float32)
    for first in tl.range(split * share, high, tile, num_stages=3):
        place = first + tl.arange(0, tile)
        there = place < high
        key = looked_up(keys, key_scales, start + place, there, width, top)
        value = looked_up(values, value_scales, start + place, there, width, top)
        score = tl.where(there, tl.sum(key * query[None, :], 1), -1e30)
        higher = tl.maximum(peak, score)
        fade, now = tl.exp(peak - higher), tl.where(there, tl.exp(score - higher), 0.0)
        weight, peak = weight * fade + now, higher
        heard = heard * fade[:, None] + now[:, None] * value
    best = tl.max(peak, 0)
    level = tl.exp(peak - best)
    total, answer = tl.sum(weight * level, 0), tl.sum(heard * level[:, None], 0)
    if own:  # noqa: SIM102 -- known when this is compiled, the other is not
        if split == splits - 1:
            own_key = kept(tl.load(asked + heads * width).to(tl.float32), keys, key_scales, start + length, lane, width, top, rounded)
            told = tl.load(asked + 2 * heads * width).to(tl.float32)
            own_value = kept(told, values, value_scales, start + length, lane, width, top, rounded)
            own_score = tl.sum(own_key * query, 0)
            highest = tl.maximum(best, own_score)
            total = total * tl.exp(best - highest) + tl.exp(own_score - highest)
            answer = answer * tl.exp(best - highest) + tl.exp(own_score - highest) * own_value
            best = highest
    part = tl.program_id(0) * splits + split
    if splits == 1:
        answer = answer / total
    else:
        tl.store(peaks + part, best)
        tl.store(weights + part, total)
    tl.store(found + part * width + lane, answer.to(found.dtype.element_ty))


def looked_up(bank: tensor, scales: tensor, place: tensor, there: tensor, width: constexpr, top: constexpr) -> tensor:
    """Some places of a cache, float32 [places, width]."""
    numbers = tl.load(bank + place[:, None] * width + tl.arange(0, width)[None, :], mask=there[:, None], other=0.0).to(tl.float32)
    if top > 0:
        numbers *= tl.load(scales + place, mask=there, other=0.0)[:, None]
    return numbers


def kept(
    numbers: tensor, bank: tensor, scales: tensor, place: tensor, lane: tensor, width: constexpr, top: constexpr, rounded: constexpr
) -> tensor:  # fmt: skip
    """Writes one place of a cache, and says what will be read there; float32 [width]."""
    scale = 1.0
    if top > 0:
        scale = tl.maximum(tl.max(tl.abs(numbers), 0), 1e-8) / top
        tl.store(scales + place, scale)
        numbers = numbers / scale
    if rounded:
        numbers = tl.floor(numbers + 0.5)
    written = numbers.to(bank.dtype.element_ty)
    tl.store(bank + place * width + lane, written)
    return written.to(tl.float32) * scale


def combine(found: tensor, peaks: tensor, weights: tensor, out: tensor, width: constexpr, splits: constexpr) -> None:
    """Program row * heads + head: what its splits found, as one answer, [rows, heads * width]."""
    part, lane = tl.program_id(0) * splits + tl.arange(0, splits), tl.arange(0, width)
    peak = tl.load(peaks + part)
    level = tl.exp(peak - tl.max(peak, 0))
    answer = tl.sum(tl.load(found + part[:, None] * width + lane[None, :]) * level[:, None], 0)
    total = tl.sum(tl.load(weights + part) * level, 0)
    tl.store(out + tl.program_id(0) * width + lane, (answer / total).to(out.dtype.element_ty))


def pick(
    logits: tensor, codes: tensor, column: tensor, last: tensor, seeds: tensor, columns: tensor, temperature: tensor,
    books: constexpr, vocabulary: constexpr, top_k: constexpr, first: constexpr, second: constexpr, step: constexpr,
) -> None:  # fmt: skip
    """Program (take, book): what generation/musicgen/drawing.py does, and the write where the table is open."""
    take, book, lane = tl.program_id(0), tl.program_id(1), tl.arange(0, vocabulary)
    spot = (take * books + book) * vocabulary + lane
    logit = tl.load(logits + spot).to(tl.float32)
    at = tl.load(column + take)
    if top_k > 1:
        bits = logit.to(tl.int32, bitcast=True)
        rank = tl.where(bits < 0, bits ^ 0x7FFFFFFF, bits).to(tl.int64)
        low, high = tl.min(rank, 0), tl.max(rank, 0)
        for _ in range(32):
            middle = (low + high + 1) >> 1
            enough = tl.sum((rank >= middle).to(tl.int32), 0) >= top_k
            low = tl.where(enough, middle, low)
            high = tl.where(enough, high, middle - 1)
        seed = tl.load(seeds + take)
        key = mixed(seed.to(tl.uint32), first, second) ^ (seed >> 32).to(tl.uint32)
        key = mixed(mixed(key, first, second) ^ (at * books + book).to(tl.uint32), first, second)
        noise = mixed(key ^ (lane.to(tl.uint32) * step), first, second)
        chance = (noise >> 8).to(tl.float32) * 5.960464477539063e-08 + 2.9802322387695312e-08
        logit = tl.where(rank >= low, logit / temperature - tl.log(-tl.log(chance)), -float("inf"))
    drawn = tl.argmax(logit, 0)
    place = codes + (take * books + book) * columns + tl.minimum(at + 1, tl.load(last + take))
    given = tl.load(place)
    tl.store(place, tl.where(given < 0, drawn.to(tl.int64), given))


def mixed(numbers: tensor, first: constexpr, second: constexpr) -> tensor:
    """The hash of generation/musicgen/drawing.py, in uint32."""
    numbers = (numbers ^ (numbers >> 16)) * first
    numbers = (numbers ^ (numbers >> 15)) * second
    return numbers ^ (numbers >> 16)
