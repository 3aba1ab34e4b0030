mod validity;
mod vectors;
