/*
 * The command "outrigger" of the image: puts the JVM's command line together and becomes the JVM. In C because the image has no
 * shell, and an entry point that lists the options could neither heed the variables below nor be called by its name.
 *
 *   OUTRIGGER_HEAP        maximum heap, as 256m (default 128m)
 *   OUTRIGGER_JAVA_OPTS   further JVM options, divided by spaces; they come last and win
 *   OUTRIGGER_CACHE       the start-up cache (default the one that was made with the image; none for none)
 *
 * They mean what they mean to ./outrigger. As there, a cache that does not fit the options is left out and said so: the JVM
 * would end at some.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT "/opt/outrigger"
#define JAVA ROOT "/java/bin/java"
#define DEFAULT_CACHE ROOT "/outrigger.aot"

static void fail(const char *problem, const char *what) {
  fprintf(stderr, "outrigger: %s%s: %s\n", problem, what, strerror(errno));
  exit(1);
}

static void *allocate(size_t bytes) {
  void *memory = malloc(bytes);
  if (memory == NULL) {
    fail("no memory", "");
  }
  return memory;
}

static char *joined(const char *first, const char *second) {
  size_t length = strlen(first) + strlen(second) + 1;
  char *text = allocate(length);
  snprintf(text, length, "%s%s", first, second);
  return text;
}

/* Nothing counts as not set, as to the shell's ${NAME:-}. */
static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : NULL;
}

/* Whether the JVM starts with these arguments, which end in "-version"; it says nothing. */
static int starts(char **arguments) {
  int status = 1;
  pid_t child = fork();
  if (child < 0) {
    fail("can not fork", "");
  }
  if (child == 0) {
    int nothing = open("/dev/null", O_WRONLY);
    if (nothing >= 0) {
      dup2(nothing, STDOUT_FILENO);
      dup2(nothing, STDERR_FILENO);
    }
    execv(JAVA, arguments);
    _exit(127);
  }
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      fail("can not wait for ", JAVA);
    }
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int count, char **arguments) {
  const char *heap = variable("OUTRIGGER_HEAP");
  const char *options = variable("OUTRIGGER_JAVA_OPTS");
  const char *cache = variable("OUTRIGGER_CACHE");
  size_t room = (size_t)count + 16 + (options == NULL ? 0 : strlen(options));
  char **command = allocate(room * sizeof(char *));
  int used = 0;

  command[used++] = JAVA;
  command[used++] = "@" ROOT "/jvm.options";
  if (heap != NULL) {
    command[used++] = joined("-Xmx", heap);
  } else {
    command[used++] = "-Xmx128m";
    command[used++] = "-Xmn8m";
  }
  if (options != NULL) {
    char *rest = joined(options, "");
    for (char *word = strtok(rest, " \t\n"); word != NULL; word = strtok(NULL, " \t\n")) {
      command[used++] = word;
    }
  }

  cache = cache == NULL ? DEFAULT_CACHE : cache;
  if (strcmp(cache, "none") != 0) {
    int before = used;
    command[used++] = joined("-XX:AOTCache=", cache);
    command[used++] = "-Xlog:disable";
    if (heap != NULL || options != NULL || strcmp(cache, DEFAULT_CACHE) != 0) {
      command[used] = "-version";
      command[used + 1] = NULL;
      if (!starts(command)) {
        fprintf(stderr, "outrigger: starting without %s, which does not fit the options\n", cache);
        used = before;
      }
    }
    if (used > before) {
      command[used++] = "-Xlog:all=warning:stderr";
    }
  }

  command[used++] = "-jar";
  command[used++] = ROOT "/outrigger.jar";
  for (int i = 1; i < count; i++) {
    command[used++] = arguments[i];
  }
  command[used] = NULL;

  /* Buffers are pooled and malloc is rare: glibc's arena per thread would cost memory for nothing. */
  setenv("MALLOC_ARENA_MAX", "1", 0);
  execv(JAVA, command);
  fail("can not run ", JAVA);
}
