"""Sessions and users as requests and answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.paging import Page
from gateway.text import Name
from shared.contracts.states import Role

Username = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
# argon2 hashes any length; the bound keeps a request from buying unbounded work.
Password = Annotated[str, Field(min_length=12, max_length=256)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Credentials(_In):
    """What a person signs in with."""

    username: str = Field(max_length=64)
    password: str = Field(max_length=256)


class User(BaseModel):
    """A person who may sign in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    full_name: str
    role: Role
    disabled: bool
    created_at: datetime


class CurrentSession(BaseModel):
    """Whose session it is and when it ends."""

    user: User
    expires_at: datetime


class NewSession(CurrentSession):
    """A session just opened. The token is shown this once."""

    token: str


class UserIn(_In):
    """A person to be let in."""

    username: Username
    full_name: Name
    role: Role
    password: Password


class UserPatch(_In):
    """What to change of a user; a new password, or disabling, ends all of the user's sessions."""

    full_name: Name | None = None
    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


class PasswordChange(_In):
    """A person's own new password."""

    current: str = Field(max_length=256)
    new: Password


class UserPage(Page[User]):
    """Some of the users."""
