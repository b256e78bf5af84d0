"""A pathogen as data, and its tables for one county: rates are scaled so that `r0` is what one average case causes there."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import stats

from bihuan.engines.drill._arrays import CLASS, LAYERS, SITE, Array, Course, World

QUANTILES = 4096


@dataclass(frozen=True)
class Pathogen:
    """Natural history of one pathogen. Lists by age have ten decades; lists by month hold their last value on.

    r0: mean new infections by one average case in this county when nobody is immune and nothing is done.
    weights: relative hazard of one contact-day by layer. source: where the numbers come from.
    """

    name: str
    source: str
    r0: float
    incubation_mean_days: float
    incubation_sd_days: float
    presymptomatic_days: float
    infectivity: tuple[float, ...]  # by day of the infectious period
    weights: dict[str, float] = field(default_factory=dict)
    overdispersion: float = 0.5  # shape of a gamma with mean 1; 0 = everybody alike
    asymptomatic: tuple[float, ...] = (0.3,)
    asymptomatic_factor: float = 0.5
    severe: tuple[float, ...] = (0.02,)
    susceptibility: tuple[float, ...] = (1.0,)
    sensitivity: tuple[float, ...] = (0.0, 0.2, 0.6, 0.85, 0.9, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
    pool_dilution: float = 0.95
    vaccine_infection: tuple[tuple[float, ...], ...] = ((0.0,),)  # by doses, then by month
    vaccine_severe: tuple[tuple[float, ...], ...] = ((0.0,),)
    vaccine_onward: tuple[float, ...] = (0.0,)
    after_infection: tuple[float, ...] = (1.0,)


def decades(values: tuple[float, ...]) -> Array:
    """Ten values by decade of age; a short list holds its last value on."""
    return np.array([values[min(i, len(values) - 1)] for i in range(10)], np.float32)


def _most(pathogen: Pathogen) -> float:
    """A run only ever thins contacts that would infect the most susceptible, so nobody may be more than 1."""
    return max(1.0, *pathogen.susceptibility)


def _months(rows: tuple[tuple[float, ...], ...]) -> Array:
    width = max(len(row) for row in rows)
    return np.array([[row[min(i, len(row) - 1)] for i in range(width)] for row in rows], np.float32)


def course(pathogen: Pathogen, world: World) -> Course:
    """The tables of a pathogen in a county. Raises ValueError for numbers that cannot be."""
    middle = (np.arange(QUANTILES) + 0.5) / QUANTILES
    mean, sd = pathogen.incubation_mean_days, pathogen.incubation_sd_days
    if mean <= 0 or sd < 0 or not pathogen.infectivity or sum(pathogen.infectivity) <= 0:
        raise ValueError(f"{pathogen.name}: incubation and infectivity must be above zero")
    if sd > 0:
        width = np.sqrt(np.log1p((sd / mean) ** 2))
        incubation = stats.lognorm.ppf(middle, width, scale=mean / np.exp(width**2 / 2))
    else:
        incubation = np.full(QUANTILES, mean)
    k = pathogen.overdispersion
    factor = stats.gamma.ppf(middle, k, scale=1 / k) if k > 0 else np.ones(QUANTILES)
    factor /= factor.mean()
    profile = np.asarray(pathogen.infectivity, float)
    weights = np.array([pathogen.weights.get(name, 1.0) for name in LAYERS])
    shape = profile / profile.sum()
    scale = _scale(pathogen, world, weights, shape, factor)
    return Course(
        incubation=incubation.astype(np.float32),
        presymptomatic_days=float(pathogen.presymptomatic_days),
        profile=shape.astype(np.float32),
        factor=factor.astype(np.float32),
        asymptomatic=decades(pathogen.asymptomatic),
        asymptomatic_factor=float(pathogen.asymptomatic_factor),
        severe=decades(pathogen.severe),
        susceptibility=(decades(pathogen.susceptibility) / _most(pathogen)).astype(np.float32),
        sensitivity=np.asarray(pathogen.sensitivity, np.float32),
        dilution=float(pathogen.pool_dilution),
        against_infection=_months(pathogen.vaccine_infection),
        against_severe=_months(pathogen.vaccine_severe),
        against_onward=np.asarray(pathogen.vaccine_onward, np.float32),
        after_infection=np.asarray(pathogen.after_infection, np.float32),
        rate=weights * scale,
    )


def expected_infections(
    world: World, weights: Array, shape: Array, factor: Array, silent: float, silent_factor: float, scale: float
) -> float:
    """Mean first-generation infections of one case drawn from the county, everybody susceptible."""
    levels = factor.reshape(64, -1).mean(axis=1)
    strengths = np.concatenate([levels, levels * silent_factor])
    share = np.concatenate([np.full(64, (1 - silent) / 64), np.full(64, silent / 64)])
    clique = share @ -np.expm1(-scale * strengths[:, None] * weights[None, :])  # once over the whole course
    fresh = share @ -np.expm1(-scale * strengths[:, None, None] * weights[None, :, None] * shape).sum(axis=2)
    people = world.age.size
    sizes = np.diff(world.house_start).astype(float)
    total = float((sizes * (sizes - 1)).sum()) / people * clique[0]
    places = np.diff(world.place_start).astype(float)
    for kind in range(CLASS, SITE):
        of_kind = places[world.place_kind == kind]
        total += float((of_kind * (of_kind - 1)).sum()) / people * clique[kind]
    total += world.member.size / people * float(world.slots[0]) * fresh[SITE]
    return float(total + float(world.slots[1]) * fresh[SITE + 1] + float(world.slots[2]) * fresh[SITE + 2])


def _scale(pathogen: Pathogen, world: World, weights: Array, shape: Array, factor: Array) -> float:
    """The hazard at which the expected infections reach r0, found by halving."""
    ages = np.bincount(np.minimum(world.age // 10, 9), minlength=10) / world.age.size
    silent = float(ages @ decades(pathogen.asymptomatic))
    open_share = float(ages @ decades(pathogen.susceptibility)) / _most(pathogen)
    low, high = 0.0, 1000.0
    for _ in range(60):
        middle = (low + high) / 2
        reached = open_share * expected_infections(
            world, weights, shape, factor, silent, pathogen.asymptomatic_factor, middle
        )
        low, high = (middle, high) if reached < pathogen.r0 else (low, middle)
    if high > 999:
        raise ValueError(f"{pathogen.name}: r0 {pathogen.r0} cannot be reached with the county's contacts")
    return (low + high) / 2


PATHOGENS = Path(__file__).parent / "pathogens"


@lru_cache(maxsize=1)
def pathogen_names() -> tuple[str, ...]:
    """Names of the pathogens that come with the program."""
    return tuple(sorted(p.stem for p in PATHOGENS.glob("*.yaml")))
