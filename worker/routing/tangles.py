"""How often the borders of a shape cross themselves: what is crossed through and through cannot be repaired in any sensible time.

The time that a repair takes grows much faster than the crossings: two hundred corners at random have five thousand of them
and take seconds, a thousand take hours, in a file of ten kilobytes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

MOST_CROSSINGS: Final = 100
"""Real borders that are wrong cross themselves in a handful of places."""
_AT_ONCE: Final = 50
_PREDICATES: Final = ("crosses", "overlaps")


def is_tangled(shape: BaseGeometry, most: int = MOST_CROSSINGS) -> bool:
    """Whether the edges of the shape's rings cross or lie along each other in more than `most` places. An edge that two
    polygons share counts for nothing."""
    edges = _edges(shape)
    unique = np.unique(edges, axis=0)
    if len(edges) - 2 * len(unique) > most:
        return True
    lines = shapely.linestrings(unique.reshape(-1, 2, 2))
    tree, found = shapely.STRtree(lines), 0
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        found += sum(tree.query(some, predicate=each).shape[1] for each in _PREDICATES)
        if found > 2 * most:  # each pair is met from both sides
            return True
    return False


def _edges(shape: BaseGeometry) -> np.ndarray:
    """The edges as rows of two points, each the same whichever way it is drawn; none without a length."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    edges = np.concatenate((points[:-1], points[1:]), axis=1)[ring[:-1] == ring[1:]]
    edges = edges[(edges[:, :2] != edges[:, 2:]).any(axis=1)]
    turned = (edges[:, 0] > edges[:, 2]) | ((edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3]))
    edges[turned] = edges[turned][:, [2, 3, 0, 1]]
    return edges
