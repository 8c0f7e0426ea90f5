"""The handouts as a site: ``make handouts``."""
