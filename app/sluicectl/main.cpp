#include "sluicectl/verbs.h"

int main(int argc, char** argv) {
    return sluicectl::run(argc, argv);
}
