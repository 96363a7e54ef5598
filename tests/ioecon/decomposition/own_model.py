"""A model of a user's own, beside those that come with ioecon."""

from ioecon.decomposition import MODELS, Factor, Model

PER_HEAD = Model(
    "per head",
    (
        Factor("population", "demand", "population"),
        Factor("affluence", "demand", "country / population"),
        Factor("intensity", "intensity", "emissions / output"),
        Factor("basket", "demand", "product of category / country"),
        Factor("origins", "demand", "row of category / product of category"),
        Factor("technology", "inputs", "row"),
    ),
)
ALL = [*MODELS.values(), PER_HEAD]
