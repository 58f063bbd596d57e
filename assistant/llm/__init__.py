"""An optional language model: never trusted, always checked, and never needed."""
