"""Answers from evidence: a fact, a list or measures, a comparison over units."""
