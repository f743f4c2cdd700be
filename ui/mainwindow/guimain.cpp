// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow/guimain.h"

int slipwayGuiMain(int &, char **, Gui::GuiStart *)
{
    return 1;
}
