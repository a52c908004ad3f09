"""What an exact search would have found, computed here from the stored vectors, and how much of it was found.

Our API does not show the vector of a question. It does show the cosine between that vector and each passage
found, to seven digits; a few hundred of them name the vector, by least squares.
"""

import random

import numpy

AT = 10
# Searches that reveal a question's vector, each over other documents so that their passages differ.
VIEWS = 8
VIEW_PASSAGES = 100
# The most by which a cosine computed from the vector found may differ from the one the server gave.
COSINE_ERROR_MAX = 1e-3


def exact(vectors, question, rows=None):
    """The rows nearest to a question, best first; among some rows where only they count."""
    if rows is None:
        cosines = vectors @ question
        return list(numpy.argsort(-cosines, kind="stable")[:AT])
    cosines = vectors[rows] @ question
    return [rows[at] for at in numpy.argsort(-cosines, kind="stable")[:AT]]


class Revealer:
    """Finds the vectors of questions from the cosines that searches show."""

    def __init__(self, ours, vectors, pieces):
        self.ours = ours
        self.vectors = vectors
        self.row_of = {piece["id"]: row for row, piece in enumerate(pieces)}
        documents = sorted({piece["document"] for piece in pieces})
        random.Random(len(documents)).shuffle(documents)
        self.views = [documents[view::VIEWS][:100] for view in range(VIEWS)]

    def reveal(self, question):
        """The vector of a question."""
        cosines = {}
        for documents in self.views:
            found = self.ours.search(question, "vectors", VIEW_PASSAGES, documents=documents)
            for passage in found["passages"]:
                cosines[self.row_of[passage["chunk_id"]]] = passage["score"]["semantic"]
        matrix = self.vectors[list(cosines)].astype("f8")
        given = numpy.array(list(cosines.values()))
        if len(cosines) < matrix.shape[1]:
            raise RuntimeError(f"{len(cosines)} cosines cannot name a vector of {matrix.shape[1]} numbers")
        vector = numpy.linalg.lstsq(matrix, given, rcond=None)[0]
        error = float(numpy.abs(matrix @ vector - given).max())
        if error > COSINE_ERROR_MAX:
            raise RuntimeError(f"the cosines of a search contradict the stored vectors by {error}")
        return vector.astype("f4")


def share(wanted, found):
    """How much of what was wanted was found."""
    return len(set(wanted) & set(found)) / len(wanted)
