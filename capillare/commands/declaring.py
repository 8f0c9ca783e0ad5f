"""Options declared once and given to many commands."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Command = Callable[..., None]

Given = dict[str, Any]
"""Options that a command was given, by name."""


def taking(parameter: str, options: Mapping[str, Any]) -> Callable[[Command], Command]:
    """Give a command options in place of one parameter, which gets those given as a mapping.

    Parameters
    ----------
    parameter
        The command's own, of which typer learns nothing.
    options
        Annotated kinds by name; each is None unless given.
    """

    def give(command: Command) -> Command:
        @wraps(command)
        def asked(**given: Any) -> None:  # noqa: ANN401 (each option in its own type)
            taken = {name: given.pop(name) for name in options}
            stated = {name: setting for name, setting in taken.items() if setting is not None}
            command(**given, **{parameter: stated})

        # The parameter is no option itself; the other annotations are needed evaluated.
        command.__annotations__.pop(parameter)
        kinds = get_type_hints(command, include_extras=True)
        parameters: list[inspect.Parameter] = []
        own = inspect.signature(command)
        for name, declared in own.parameters.items():
            if name == parameter:
                parameters += [_option(option, kind) for option, kind in options.items()]
            else:
                only = inspect.Parameter.KEYWORD_ONLY
                parameters.append(declared.replace(annotation=kinds[name], kind=only))
        asked.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        asked.__annotations__ = kinds | dict(options)
        return asked

    return give


def _option(name: str, kind: Any) -> inspect.Parameter:  # noqa: ANN401 (an annotated kind)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)


__all__ = ["Given", "taking"]
