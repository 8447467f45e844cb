"""Trains a small detector of people, logos, flags and objects, for the exporter."""
