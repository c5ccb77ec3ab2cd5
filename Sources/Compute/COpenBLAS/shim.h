#include <cblas.h>

// LAPACK's Cholesky solver, which libopenblas carries and its headers leave out.
void dposv_(const char *triangle, const int *order, const int *right_sides, double *matrix, const int *leading,
            double *right, const int *right_leading, int *info);
