/* Measures libvterm: COLS ROWS FILE. Prints bytes and nanoseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <vterm.h>

enum { CHUNK = 16 << 10, WARM_UP = 1 << 20, MIN_TIME = 300000000 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void feed(VTerm *vt, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i += CHUNK)
		vterm_input_write(vt, data + i, n - i < CHUNK ? n - i : CHUNK);
}

int main(int argc, char **argv)
{
	FILE *f = argc == 4 ? fopen(argv[3], "rb") : NULL;
	if (f == NULL) {
		fprintf(stderr, "libvterm: COLS ROWS FILE\n");
		return 1;
	}
	fseek(f, 0, SEEK_END);
	size_t n = ftell(f);
	rewind(f);
	char *data = malloc(n);
	if (data == NULL || fread(data, 1, n, f) != n)
		return 1;

	VTerm *vt = vterm_new(atoi(argv[2]), atoi(argv[1]));
	vterm_set_utf8(vt, 1);
	VTermScreen *screen = vterm_obtain_screen(vt);
	vterm_screen_enable_altscreen(screen, 1);
	vterm_screen_reset(screen, 1);
	feed(vt, data, n < WARM_UP ? n : WARM_UP);

	double start = now(), bytes = 0;
	do {
		feed(vt, data, n);
		bytes += n;
	} while (now() - start < MIN_TIME);
	printf("%.0f %.0f\n", bytes, now() - start);
	return 0;
}
