"""How a repair is written: a named function that replaces functions of the emulator when it is called."""

import functools

REPAIRS = {}


def repair(apply):
    """Registers a repair under its function's name; its docstring says what AWS does."""
    assert apply.__doc__ and apply.__name__ not in REPAIRS, apply.__name__
    REPAIRS[apply.__name__] = apply
    return apply


def instead_of(owner, name):
    """Puts the decorated function in the place of owner.name; the function that stood there is its first argument."""

    def put(replacement):
        original = getattr(owner, name)

        @functools.wraps(original)
        def call(*args, **kwargs):
            return replacement(original, *args, **kwargs)

        setattr(owner, name, call)
        return call

    return put


def apply_repairs(without):
    """Applies every repair except those named in `without` (separated by commas, or `all`)."""
    left_out = set(REPAIRS) if without == "all" else set(filter(None, without.split(",")))
    unknown = left_out - set(REPAIRS)
    if unknown:
        raise SystemExit(f"There is no repair named {', '.join(sorted(unknown))}.")
    for name, apply in REPAIRS.items():
        if name not in left_out:
            apply()
