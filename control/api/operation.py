"""An operation of the API: declared by a decorator on a method, bound to its object, served as a route.

    class Votes:
        @operation("POST", "/api/v1/vote", permission=Permission.X, summary="Cast a vote", tag="votes", status=201, raises=(NotFound,))
        async def cast(self, call: Call, *, body: Ballot) -> Vote: ...

    routes = operations(Votes(...))

The annotations say everything else: `path`, `query`, `headers` and `body` are pydantic models (frozen, nothing extra) and each may be left
out; what is returned is a model, `None` (204), an `Answer` or `Encoded` of one, or a response of aiohttp's. All reflection happens in
`operations`, once; a request only runs what was made then.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from aiohttp.web import Request, StreamResponse

from control.api.answering import Answering
from control.api.body import LARGEST_BYTES, Body, refuse
from control.api.call import Answer, Call, Encoded
from control.api.limit import Limit
from control.api.parameters import Parameters, Place, no_query
from control.errors import FieldError, Refusal
from control.identity.request import CLIENT, PRINCIPAL
from control.permissions import PUBLIC
from control.principal import ANONYMOUS
from server.route import Endpoint, Route

Method = TypeVar("Method", bound=Callable[..., Any])
_DECLARED: Final = "__operation__"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the decorator was told."""

    method: str
    path: str
    permission: str
    summary: str
    tag: str
    status: int
    raises: tuple[type[Refusal], ...]
    idempotent: bool
    limit: Limit | None
    largest_bytes: int
    by_cookie: bool
    takes: Mapping[str, Any]
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A declared operation with what its annotations say: all that the API's document tells of it."""

    declared: Declared
    name: str
    """Unique among all operations: `votes_cast`."""
    description: str
    path: Parameters | None
    query: Parameters | None
    headers: Parameters | None
    body: Body | None
    answer: Any
    """The type of the JSON answered; None for an answer without a body."""
    raw: bool
    """It may answer something else than JSON."""
    nothing: bool
    """It may answer without a body."""
    limited: bool = False
    """Its `limit` is being held to (control/api/limit.py)."""
    once: bool = False
    """Its idempotency keys are being kept (control/api/idempotency.py)."""


def operation(
    method: str,
    path: str,
    *,
    permission: str,
    summary: str,
    tag: str,
    status: int = 200,
    raises: tuple[type[Refusal], ...] = (),
    idempotent: bool = False,
    limit: Limit | None = None,
    largest_bytes: int = LARGEST_BYTES,
    by_cookie: bool = False,
    takes: Mapping[str, Any] = MappingProxyType({}),
    gives: tuple[str, ...] = (),
) -> Callable[[Method], Method]:
    """Declares the method below as an operation.

    `raises`: the refusals that are its own; those of guard, limits and checks are known. `idempotent`: a caller may send Idempotency-Key,
    and the answer is kept for a day, so it must hold no secret. `by_cookie`: it reads the refresh cookie. `takes`: media type -> JSON
    Schema of a body that it reads itself; `gives`: media types of a response of aiohttp's. These three only the document reads.
    """
    if idempotent and permission == PUBLIC:
        raise ValueError(f"{method} {path}: idempotency keys belong to accounts, so the operation cannot be public")
    told = (method, path, permission, summary, tag, status, raises)
    declared = Declared(*told, idempotent, limit, largest_bytes, by_cookie, takes, gives)

    def declare(function: Method) -> Method:
        setattr(function, _DECLARED, declared)
        return function

    return declare


def operations(offered: object) -> list[Route]:
    """A route for each operation of an object, in the order of their definition. Raises ValueError for one that contradicts itself."""
    found = []
    for name, member in vars(type(offered)).items():
        declared = getattr(member, _DECLARED, None)
        if declared is not None:
            found.append(_route(declared, name, getattr(offered, name)))
    return found


def placeholders(path: str) -> list[str]:
    """The names in an address: `/track/{id:[0-9]+}` has `id`."""
    return _PLACEHOLDER.findall(path)


def _route(declared: Declared, name: str, method: Callable[..., Any]) -> Route:
    described = _operation(declared, name, method, get_type_hints(method))
    endpoint = _endpoint(described, method, Answering(described.answer, declared.status))
    return Route(declared.method, declared.path, declared.permission, endpoint, described)


def _operation(declared: Declared, name: str, method: Callable[..., Any], hints: Mapping[str, Any]) -> Operation:
    address = f"{declared.method} {declared.path}"
    if "return" not in hints:
        raise ValueError(f"{address} does not say what it answers")
    unknown = set(hints) - {"call", "return", *Place}
    if unknown:
        raise ValueError(f"{address} takes {', '.join(sorted(unknown))}; an operation takes call, {', '.join(Place)}")
    path, query, headers = (
        Parameters(hints[place], place) if place in hints else None for place in (Place.PATH, Place.QUERY, Place.HEADERS)
    )
    if sorted(placeholders(declared.path)) != sorted(path.names if path else ()):
        raise ValueError(f"{address}: its path model must name exactly the words in braces")
    models, raw, nothing = _answered(hints["return"])
    if declared.idempotent and (raw or declared.takes):
        raise ValueError(f"{address}: only JSON can be kept and compared for a repeated request")
    return Operation(
        declared=declared,
        name=re.sub(r"\W+", "_", f"{declared.tag}_{name}"),
        description=" ".join((method.__doc__ or "").split()),
        path=path,
        query=query,
        headers=headers,
        body=Body(hints[Place.BODY], declared.largest_bytes) if Place.BODY in hints else None,
        answer=Union[tuple(models)] if models else None,  # noqa: UP007 -- made of a list
        raw=raw,
        nothing=nothing,
    )


def _answered(hint: Any) -> tuple[list[Any], bool, bool]:
    """The JSON types that a return annotation promises, whether it may be a response of aiohttp's, and whether it may be nothing."""
    models: list[Any] = []
    raw = nothing = False
    for each in get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,):
        if get_origin(each) in {Answer, Encoded}:
            inside, is_raw, is_nothing = _answered(get_args(each)[0])
            models, raw, nothing = models + inside, raw or is_raw, nothing or is_nothing
        elif each in {Answer, Encoded}:
            raise ValueError(f"say of what model it is: {each.__name__}[Model]")
        elif isinstance(each, type) and issubclass(each, StreamResponse):
            raw = True
        elif each is NoneType:
            nothing = True
        else:
            models.append(each)
    return models, raw, nothing


def _endpoint(described: Operation, method: Callable[..., Any], answering: Answering) -> Endpoint:
    path, query, headers, body = described.path, described.query, described.headers, described.body
    respond = answering.respond

    async def endpoint(request: Request) -> StreamResponse:
        values: dict[str, Any] = {}
        errors: list[FieldError] = []
        if path is not None:
            values["path"] = path.read_path(request.match_info, errors)
        if query is not None:
            values["query"] = query.read_query(request.query, errors)
        elif request.rel_url.raw_query_string:
            no_query(request.query, errors)
        if headers is not None:
            values["headers"] = headers.read_headers(request.headers, errors)
        if body is not None:
            values["body"] = await body.read(request, errors)
        if errors:
            refuse(errors)
        call = Call(request, request.get(PRINCIPAL, ANONYMOUS), request.get(CLIENT) or request.remote or "")
        return respond(request, await method(call, **values))

    return endpoint
