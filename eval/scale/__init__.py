"""What the size of a collection costs: building, adding, opening, asking, at several numbers of texts.

Run by `make bench-scale`; see docs/performance.md.
"""
