"""Pages of the room territory 辖区."""
