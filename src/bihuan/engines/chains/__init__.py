"""Chains of transmission: who infected whom, in how many days, how unevenly, and how it looks.

    >>> from bihuan.engines import chains
    >>> forest = chains.build(cases, links)                # the likeliest forest, every candidate with its probability
    >>> chains.serial_interval(forest, seed=1).mean        # days, with 95 % limits
    >>> chains.offspring(forest.offspring().values()).k    # how few infect how many
    >>> svg = chains.time_tree_svg(chains.time_tree(forest), words)
"""  # fmt: skip

from bihuan.engines.chains._generations import Generation, generations
from bihuan.engines.chains._intervals import (
    FAMILIES,
    Days,
    Unseen,
    Window,
    incubation,
    serial_interval,
    serial_interval_of_clusters,
)
from bihuan.engines.chains._layout import Dot, Graph, TimeTree, graph, time_tree
from bihuan.engines.chains._offspring import Interval, Offspring, likelihood, offspring
from bihuan.engines.chains._svg import Words, graph_svg, legend, time_tree_svg
from bihuan.engines.chains._tree import build, draw
from bihuan.engines.chains._values import Candidate, Case, ChainError, Forest, Link

__all__ = [
    "FAMILIES",
    "Candidate",
    "Case",
    "ChainError",
    "Days",
    "Dot",
    "Forest",
    "Generation",
    "Graph",
    "Interval",
    "Link",
    "Offspring",
    "TimeTree",
    "Unseen",
    "Window",
    "Words",
    "build",
    "draw",
    "generations",
    "graph",
    "graph_svg",
    "incubation",
    "legend",
    "likelihood",
    "offspring",
    "serial_interval",
    "serial_interval_of_clusters",
    "time_tree",
    "time_tree_svg",
]
