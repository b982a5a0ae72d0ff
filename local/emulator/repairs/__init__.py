"""The repairs, one module per AWS service. Each function marked @repair restores one behaviour of AWS."""
