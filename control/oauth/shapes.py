"""Logging in by another house, as the API shows and takes it."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from control.oauth.arrivals import HALL
from control.oauth.journey import LOCAL
from control.oauth.provider import ProviderName


class ProviderPath(BaseModel):
    """Which house."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: ProviderName


class SetOut(BaseModel):
    """Where to come out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    return_to: Annotated[str, Field(pattern=LOCAL, description="A path of this station: where the browser comes out.")] = HALL


class Callback(BaseModel):
    """What a provider has the browser say; it may say more than we ask."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Annotated[str, Field(min_length=1, max_length=256)]
    code: Annotated[str, Field(max_length=4_096)] = ""
    error: Annotated[str, Field(max_length=256)] = ""
    iss: Annotated[str | None, Field(max_length=512)] = None
    error_description: Annotated[str, Field(max_length=4_096)] = ""
    error_uri: Annotated[str, Field(max_length=4_096)] = ""
    scope: Annotated[str, Field(max_length=4_096)] = ""
    authuser: Annotated[str, Field(max_length=256)] = ""
    hd: Annotated[str, Field(max_length=256)] = ""
    prompt: Annotated[str, Field(max_length=256)] = ""


class OAuthFinish(BaseModel):
    """The second factor of somebody who came from another house."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket: Annotated[str, Field(min_length=1, max_length=128, description="From the address of the account page: `#second-factor=…`.")]
    code: Annotated[str, Field(min_length=1, max_length=64, description="Of the authenticator, or a recovery code.")]


class ProviderOffer(BaseModel):
    """A house with which one can log in."""

    model_config = ConfigDict(frozen=True)

    provider: ProviderName
    title: str
    start: Annotated[str, Field(description="Send the browser there.")]


class ProviderOffers(BaseModel):
    """All that the operator has set up."""

    model_config = ConfigDict(frozen=True)

    items: list[ProviderOffer]


class OAuthLink(BaseModel):
    """One of one's links."""

    model_config = ConfigDict(frozen=True)

    provider: str
    shown_as: str
    linked_at: AwareDatetime


class OAuthLinks(BaseModel):
    """All of one's links."""

    model_config = ConfigDict(frozen=True)

    items: list[OAuthLink]


class OAuthAddress(BaseModel):
    """Where to send the browser."""

    model_config = ConfigDict(frozen=True)

    address: str
