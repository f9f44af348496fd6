"""The JSON API, resumable uploads and downloads."""
