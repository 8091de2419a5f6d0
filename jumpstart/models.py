"""What is common to all models of files: frozen, no unknown field, one line for what is wrong."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from jumpstart.errors import InputError


class Model(BaseModel):
    """A frozen model that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


AnyModel = TypeVar("AnyModel", bound=Model)


def validated(
    model: type[AnyModel], content: Mapping[str, Any], context: object = None
) -> AnyModel:
    """The model of `content`. Raises `InputError` naming the first field that is wrong."""
    try:
        return model.model_validate(content, context=context)
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
        reason = first.get("ctx", {}).get("error", first["msg"])
        raise InputError(f"{''.join(steps).removeprefix('.') or 'as a whole'}: {reason}") from None
