"""Write side: one public function is one transaction."""
