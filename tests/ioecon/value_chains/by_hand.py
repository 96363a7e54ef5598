"""Exports decomposed by loops, with every inverse written out: slow, and as the papers print it."""

import numpy as np

from ioecon import IOTable


class ByHand:
    """One table, seen by exporters; ``home`` is the exporter of each country."""

    def __init__(self, table: IOTable, factor: np.ndarray, home: list[str]) -> None:
        self.names = list(dict.fromkeys(home))
        S = len(table.sectors)
        self.rows = {
            name: [c * S + s for c, h in enumerate(home) if h == name for s in range(S)]
            for name in self.names
        }
        n = table.n
        self.A = np.array([[table.Z[i, j] / table.x[j] for j in range(n)] for i in range(n)])
        self.v = factor / table.x
        self.F = {
            name: sum(table.F[:, c] for c, h in enumerate(home) if h == name) for name in self.names
        }
        self.x = table.x

    def block(self, M: np.ndarray, s: str, r: str) -> np.ndarray:
        return M[np.ix_(self.rows[s], self.rows[r])]

    def others(self, s: str) -> list[str]:
        return [r for r in self.names if r != s]

    def exports(self, s: str, r: str) -> np.ndarray:
        return self.F[r][self.rows[s]] + self.block(self.A, s, r) @ self.x[self.rows[r]]

    def all_exports(self, s: str) -> np.ndarray:
        return sum(self.exports(s, r) for r in self.others(s))

    def domestic(self, s: str) -> np.ndarray:
        own = self.block(self.A, s, s)
        return np.linalg.inv(np.eye(len(own)) - own)

    def without_exported_inputs(self, s: str) -> np.ndarray:
        A = self.A.copy()
        for r in self.others(s):
            A[np.ix_(self.rows[s], self.rows[r])] = 0.0
        return np.linalg.inv(np.eye(len(A)) - A)

    def world(self) -> np.ndarray:
        return np.linalg.inv(np.eye(len(self.A)) - self.A)

    def borin_mancini(self, s: str, r: str, approach: str) -> dict[str, float]:
        """Terms of the exports of s to r."""
        L, B, v = self.world(), self.without_exported_inputs(s), self.v
        E, A_sr = self.exports(s, r), self.block(self.A, s, r)
        vs = v[self.rows[s]]

        def foreign(M: np.ndarray) -> np.ndarray:
            return sum(v[self.rows[t]] @ self.block(M, t, s) for t in self.others(s))

        def home_demand(M: np.ndarray) -> np.ndarray:
            return sum(self.block(M, r, j) @ self.F[s][self.rows[j]] for j in self.names)

        once_more = A_sr @ self.block(B, r, s) @ self.all_exports(s)
        own = vs @ self.block(L, s, s)
        if approach == "source":
            first = vs @ self.domestic(s)
            terms = {
                "DVA": first @ E,
                "REF": first @ A_sr @ home_demand(L),
                "DDC": (own - first) @ E,
                "FVA": foreign(B) @ E,
                "FDC": (foreign(L) - foreign(B)) @ E,
            }
            local = self.domestic(r) @ self.F[r][self.rows[r]]
            direct = first @ (self.F[r][self.rows[s]] + A_sr @ local)
            terms["GVC"] = self.v_of_exports(E, own + foreign(L)) - direct
        else:
            terms = {
                "DVA": own @ (E - once_more),
                "REF": own @ A_sr @ home_demand(B),
                "DDC": own @ once_more,
                "FVA": foreign(L) @ (E - once_more),
                "FDC": foreign(L) @ once_more,
            }
        return terms

    @staticmethod
    def v_of_exports(E: np.ndarray, content: np.ndarray) -> float:
        return float(content @ E)

    def nine_terms(self, s: str) -> list[float]:
        """Koopman, Wang and Wei (2014), equation 36, term by term."""
        L, rest = self.world(), self.others(s)
        vs, A, F = self.v[self.rows[s]], self.A, self.F
        at = self.rows

        def L_v(t: str, r: str) -> np.ndarray:
            return self.v[at[t]] @ self.block(L, t, r)

        def foreign() -> np.ndarray:
            return sum(L_v(t, s) for t in rest)

        def made_for(r: str, what: np.ndarray) -> np.ndarray:
            return self.domestic(r) @ what

        return [
            sum(vs @ self.block(L, s, s) @ F[r][at[s]] for r in rest),
            sum(L_v(s, r) @ F[r][at[r]] for r in rest),
            sum(L_v(s, r) @ F[t][at[r]] for r in rest for t in rest if t != r),
            sum(L_v(s, r) @ F[s][at[r]] for r in rest),
            sum(L_v(s, r) @ self.block(A, r, s) @ made_for(s, F[s][at[s]]) for r in rest),
            sum(L_v(s, r) @ self.block(A, r, s) @ made_for(s, self.all_exports(s)) for r in rest),
            sum(foreign() @ F[r][at[s]] for r in rest),
            sum(foreign() @ self.block(A, s, r) @ made_for(r, F[r][at[r]]) for r in rest),
            sum(foreign() @ self.block(A, s, r) @ made_for(r, self.all_exports(r)) for r in rest),
        ]
