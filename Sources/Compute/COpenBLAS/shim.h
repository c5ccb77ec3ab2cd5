#include <cblas.h>

// LAPACK's Cholesky factorisation and the solver that uses it, which libopenblas carries and its headers leave out.
void dpotrf_(const char *triangle, const int *order, double *matrix, const int *leading, int *info);
void dpotrs_(const char *triangle, const int *order, const int *right_sides, const double *factor, const int *leading,
             double *right, const int *right_leading, int *info);
