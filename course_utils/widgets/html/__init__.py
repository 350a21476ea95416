"""What every view writes its HTML with."""
