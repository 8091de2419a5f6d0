"""What is common to all models of files: frozen, no unknown field, one line for what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from jumpstart.errors import InputError


class Model(BaseModel):
    """A frozen model that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one field: where it stands, keys and indices from the root, pydantic's word
    for the kind of mistake, what is given, and the reason.
    """

    path: tuple[str | int, ...]
    kind: str
    given: Any
    reason: str

    @property
    def field(self) -> str:
        """The field as a person writes it: `sessions[0].start`."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return "".join(steps).removeprefix(".") or "as a whole"


def validated(
    model: type[AnyModel], content: Mapping[str, Any], context: object = None
) -> AnyModel:
    """The model of `content`. Raises `InputError` naming the first field that is wrong."""
    try:
        return model.model_validate(content, context=context)
    except ValidationError as refused:
        first = _problems(refused)[0]
        raise InputError(f"{first.field}: {first.reason}") from None


def problems(
    model: type[AnyModel], content: Mapping[str, Any], context: object = None
) -> tuple[Problem, ...]:
    """Everything for which `validated` would refuse `content`, in the order of the model's fields."""
    try:
        model.model_validate(content, context=context)
    except ValidationError as refused:
        return _problems(refused)
    return ()


def _problems(refused: ValidationError) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            path=error["loc"],
            kind=error["type"],
            given=error["input"],
            reason=str(error.get("ctx", {}).get("error", error["msg"])),
        )
        for error in refused.errors(include_url=False)
    )
