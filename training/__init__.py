"""How the models that ship inside index/ and assistant/ are made."""
