"""Dashboards as code: what is shown is written here, Grafana's JSON is made from it."""
