"""Random coverings, reduced and ready to be searched."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from capillare.planning.siting.local_search import Neighbours
from capillare.planning.siting.reduction import reduce_covering


def random_points(n, n_sites_reached, seed=0):
    """People, who reaches whom and no fixed site: points in a square, each a candidate too."""
    draws = np.random.default_rng(seed)
    spots = draws.random((n, 2))
    radius = np.sqrt(n_sites_reached / n / np.pi)
    reach = np.linalg.norm(spots[:, None] - spots[None], axis=2) <= radius
    people = (draws.pareto(1.2, n) * 300 + 20).astype(np.int64)
    return people, sparse.csr_array(reach), np.zeros(n, dtype=bool)


def neighbours_of(n, seed):
    """Such a covering in which a point reaches ten, reduced."""
    return Neighbours.of(reduce_covering(*random_points(n, 10, seed)))
