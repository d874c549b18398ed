"""Partial least squares with one answer: PLS1 by NIPALS (Wold, Martens; Geladi and Kowalski 1986).

Columns are centred and not scaled. For one answer NIPALS needs no iteration.
"""

from dataclasses import dataclass

import numpy as np

from analysis.spectrum import FloatArray

LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Pls:
    """A fitted model of k components on p columns.

    Attributes:
        x_mean: of the columns, shape (p,).
        y_mean: of the answers.
        rotations: scores are centred rows times these, shape (p, k).
        loadings: rows are scores times these, as far as the model explains them, shape (p, k).
        answers: of each score, shape (k,).
        spread: variance of each score over the rows of the fit, shape (k,).
    """

    x_mean: FloatArray
    y_mean: float
    rotations: FloatArray
    loadings: FloatArray
    answers: FloatArray
    spread: FloatArray

    @property
    def components(self) -> int:
        """How many it has."""
        return int(self.answers.size)

    def cut(self, components: int) -> "Pls":
        """The same model with its first components only."""
        part = slice(0, components)
        return Pls(
            self.x_mean,
            self.y_mean,
            self.rotations[:, part],
            self.loadings[:, part],
            self.answers[part],
            self.spread[part],
        )

    def scores(self, rows: FloatArray) -> FloatArray:
        """Shape (rows, k)."""
        found: FloatArray = (rows - self.x_mean) @ self.rotations
        return found

    def predict(self, rows: FloatArray) -> FloatArray:
        """Answers, shape (rows,)."""
        found: FloatArray = self.y_mean + self.scores(rows) @ self.answers
        return found

    def predict_each(self, rows: FloatArray) -> FloatArray:
        """Answers with 1, 2, ... k components, shape (rows, k)."""
        found: FloatArray = self.y_mean + np.cumsum(self.scores(rows) * self.answers, axis=1)
        return found

    def q(self, rows: FloatArray) -> FloatArray:
        """Squared length of what the model does not explain of each row, shape (rows,)."""
        rest = rows - self.x_mean - self.scores(rows) @ self.loadings.T
        found: FloatArray = (rest**2).sum(axis=1)
        return found

    def t2(self, rows: FloatArray) -> FloatArray:
        """Hotelling's T squared: how far each row lies from the middle, shape (rows,)."""
        found: FloatArray = (self.scores(rows) ** 2 / self.spread).sum(axis=1)
        return found


def fit(rows: FloatArray, answers: FloatArray, components: int) -> Pls:
    """Fit a model; it has fewer components where the rows hold no more.

    Args:
        rows: shape (n, p), n at least 2.
        answers: shape (n,), not all the same.
        components: how many at most.
    """
    x_mean, y_mean = rows.mean(axis=0), float(answers.mean())
    x, y = rows - x_mean, answers - y_mean
    tiny = LEAST * max(float(np.abs(x).max()) ** 2 * x.size, 1e-300)
    weights, loadings, told, spread = [], [], [], []
    for _ in range(min(components, rows.shape[0] - 1, rows.shape[1])):
        weight = x.T @ y
        length = float(np.linalg.norm(weight))
        if length <= LEAST * float(np.linalg.norm(y)) * tiny**0.5:
            break
        weight = weight / length
        score = x @ weight
        square = float(score @ score)
        if square <= tiny:
            break
        loading, answer = x.T @ score / square, float(y @ score) / square
        x, y = x - np.outer(score, loading), y - answer * score
        weights.append(weight)
        loadings.append(loading)
        told.append(answer)
        spread.append(square / (rows.shape[0] - 1))
    w, p = np.array(weights).reshape(-1, rows.shape[1]).T, np.array(loadings)
    p = p.reshape(-1, rows.shape[1]).T
    rotations = w @ np.linalg.inv(p.T @ w) if w.shape[1] else w
    return Pls(x_mean, y_mean, rotations, p, np.array(told), np.array(spread))
