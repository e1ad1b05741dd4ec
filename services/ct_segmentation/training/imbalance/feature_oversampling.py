"""New [cls] embeddings of rare types by interpolation: SMOTE (Chawla et al. 2002) and Borderline-SMOTE1 (Han 2005).

Done in feature space, where the line between two slices of one type passes through plausible slices of that type; a
blend of two CT images is no CT image.
"""

import torch
from torch import Tensor

from services.ct_segmentation.training.imbalance.embedding_bank import LabelledEmbeddings


def danger_samples(distances: Tensor, minority: Tensor, neighbours: int) -> Tensor:
    """Which minority samples lie at the border: m / 2 <= m' < m of their m nearest are of the majority (Han et al.).

    ``distances`` (N, N) between all samples, ``minority`` (N,) bool -> (N,) bool. With m' = m a sample counts as noise,
    below m / 2 as safe. Where there are no m others, m is the number of others.
    """
    m = min(neighbours, len(distances) - 1)
    if m < 1:
        return torch.zeros_like(minority)
    nearest = _without_self(distances).topk(m, largest=False).indices  # (N, m)
    others = (~minority)[nearest].sum(1)
    return minority & (2 * others >= m) & (others < m)


def interpolate(
    embeddings: Tensor, anchors: Tensor, distances: Tensor, neighbours: int, count: int, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """z_new = z_i + λ (z_j - z_i), λ uniform in [0, 1), j any of the k nearest of i (Chawla et al. 2002, SMOTE).

    ``embeddings`` (N, d) of one type, two or more; ``anchors`` (A,) the indices that i is drawn from. Gives ``count``
    new embeddings (count, d), with the gradient of both ends, and the indices i and j (count,).
    """
    k = min(neighbours, len(embeddings) - 1)
    i = anchors[_below(len(anchors), count, generator, embeddings.device)]
    nearest = _without_self(distances)[i].topk(k, largest=False).indices  # (count, k)
    j = nearest.gather(1, _below(k, count, generator, embeddings.device)[:, None])[:, 0]
    share = _uniform(count, generator, embeddings.device)[:, None]
    return embeddings[i] + share * (embeddings[j] - embeddings[i]), i, j


def oversample(
    pool: LabelledEmbeddings,
    kind: int,
    count: int,
    neighbours: int,
    generator: torch.Generator,
    danger_neighbours: int | None = None,
) -> LabelledEmbeddings:
    """``count`` new embeddings of the type ``kind``, or none where the pool has too few to interpolate between.

    With ``danger_neighbours`` only samples at the border are interpolated (Borderline-SMOTE1), each with its nearest
    of the same type, which may lie anywhere. Slices of which ``kind`` is unknown stay out. Of the other types a new
    embedding knows what both its ends agree on; where they differ it is left unlabelled.
    """
    known = torch.nonzero(pool.labelled[:, kind] > 0).flatten()
    minority = pool.targets[known, kind] > 0  # of the known
    members = known[minority]
    if len(members) < 2:
        return _none(pool)
    distances = _distances(pool.embeddings[known].detach())
    anchors = torch.arange(len(members), device=members.device)
    if danger_neighbours is not None:
        anchors = torch.nonzero(danger_samples(distances, minority, danger_neighbours)[minority]).flatten()
        if len(anchors) == 0:
            return _none(pool)
    within = distances[minority][:, minority]
    new, i, j = interpolate(pool.embeddings[members], anchors, within, neighbours, count, generator)
    i, j = members[i], members[j]
    agreed = pool.labelled[i] * pool.labelled[j] * (pool.targets[i] == pool.targets[j])
    return LabelledEmbeddings(new, pool.targets[i] * agreed, agreed)


def _distances(points: Tensor) -> Tensor:
    """Euclidean, (N, d) -> (N, N), in float64."""
    # A matrix product is twenty times faster than differences, but in float32 its rounding shuffles near neighbours.
    return torch.cdist(points.double(), points.double(), compute_mode="use_mm_for_euclid_dist")


def _without_self(distances: Tensor) -> Tensor:
    """The same with an infinite diagonal: no sample is its own neighbour."""
    return distances + torch.diag(distances.new_full((len(distances),), torch.inf))


def _uniform(count: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """In [0, 1), drawn where the generator lives, so that a CPU generator gives one sequence on every device."""
    return torch.rand(count, generator=generator, device=generator.device).to(device)


def _below(bound: int, count: int, generator: torch.Generator, device: torch.device) -> Tensor:
    return torch.randint(bound, (count,), generator=generator, device=generator.device).to(device)


def _none(pool: LabelledEmbeddings) -> LabelledEmbeddings:
    return LabelledEmbeddings(pool.embeddings[:0], pool.targets[:0], pool.labelled[:0])
