"""One map for every page: municipalities by class, desks and sites, drawn by Leaflet."""
