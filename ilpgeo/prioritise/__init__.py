"""Ranking with shrinkage, harm, rank intervals, tiers and reasons."""
