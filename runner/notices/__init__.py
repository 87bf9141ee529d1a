"""Delivery of outbox entries to governance endpoints."""
