"""Linear probes in plain torch: softmax regression on standardised features, λ chosen on a held-out tenth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from textures import CLASSES

STRENGTHS = [1e-5, 1e-4, 1e-3, 1e-2]


@dataclass
class Probe:
    """mean, deviation: [hidden]; weight: [hidden, class]; bias: [class]."""

    mean: Tensor
    deviation: Tensor
    weight: Tensor
    bias: Tensor

    def predict(self, states: Tensor) -> np.ndarray:
        """The class of each token. [image, token, hidden] -> [image, token]"""
        return (((states - self.mean) / self.deviation) @ self.weight + self.bias).argmax(-1).numpy()


def regress(states: Tensor, gold: Tensor, strength: float) -> Probe:
    """Minimises mean cross-entropy + strength / 2 |weight|². states [image, token, hidden], gold [image, token]"""
    rows, labels = states.flatten(0, 1), gold.flatten().long()
    mean, deviation = rows.mean(0), rows.std(0).clamp_min(1e-6)
    rows = (rows - mean) / deviation
    weight = torch.zeros(rows.shape[1], len(CLASSES), requires_grad=True)
    bias = torch.zeros(len(CLASSES), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=500, tolerance_grad=1e-5, line_search_fn="strong_wolfe")

    def objective() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(rows @ weight + bias, labels) + strength / 2 * weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(objective)
    return Probe(mean, deviation, weight.detach(), bias.detach())


def fit(states: Tensor, gold: np.ndarray) -> Probe:
    """The probe of one site. The last tenth of the images chooses the strength; all of them give the weights."""
    labels, cut = torch.from_numpy(gold), len(gold) - len(gold) // 10

    def held_out(strength: float) -> float:
        return (regress(states[:cut], labels[:cut], strength).predict(states[cut:]) == gold[cut:]).mean()

    return regress(states, labels, max(STRENGTHS, key=held_out))
