"""Bima's own domain modules, each loaded through the same door as a module from outside."""
