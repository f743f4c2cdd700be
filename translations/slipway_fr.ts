<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en_US">
<context>
    <name>Gui::ActivityPage</name>
    <message>
        <source>Clear history</source>
        <translation>Effacer l’historique</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Activité</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>Tâches</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) running</source>
        <translation>
            <numerusform>%n tâche en cours</numerusform>
            <numerusform>%n tâches en cours</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing is running</source>
        <translation>Rien en cours</translation>
    </message>
    <message>
        <source>Nothing has happened yet</source>
        <translation>Rien ne s’est encore passé</translation>
    </message>
    <message>
        <source>Pulls, builds and other longer work appear here while they run, and stay as the history of this session.</source>
        <translation>Les téléchargements, les constructions et les autres travaux de longue durée apparaissent ici pendant leur exécution, puis y restent comme historique de cette session.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Copier la commande</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>Copier l’erreur</translation>
    </message>
</context>
<context>
    <name>Gui::BuildOutputView</name>
    <message>
        <source>Build output</source>
        <translation>Sortie de la construction</translation>
    </message>
    <message>
        <source>… %1 older lines are not kept</source>
        <translation>… %1 lignes plus anciennes ne sont pas conservées</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>Copy this step’s output</source>
        <translation>Copier la sortie de cette étape</translation>
    </message>
    <message>
        <source>Go to the line in the Dockerfile</source>
        <translation>Aller à la ligne du Dockerfile</translation>
    </message>
    <message>
        <source>Unfold all</source>
        <translation>Tout déplier</translation>
    </message>
    <message>
        <source>Fold all</source>
        <translation>Tout replier</translation>
    </message>
</context>
<context>
    <name>Gui::BuildPage</name>
    <message>
        <source>Options</source>
        <translation>Options</translation>
    </message>
    <message>
        <source>Build</source>
        <extracomment>verb: build the image</extracomment>
        <translation>Construire</translation>
    </message>
    <message>
        <source>Stop</source>
        <extracomment>verb: stop the build</extracomment>
        <translation>Arrêter</translation>
    </message>
    <message>
        <source>Run</source>
        <extracomment>verb: run a container of the built image</extracomment>
        <translation>Exécuter</translation>
    </message>
    <message>
        <source>Image &amp;name</source>
        <translation>&amp;Nom de l’image</translation>
    </message>
    <message>
        <source>name or name:tag</source>
        <translation>nom ou nom:étiquette</translation>
    </message>
    <message>
        <source>Build &amp;context</source>
        <translation>&amp;Contexte</translation>
    </message>
    <message>
        <source>Build &amp;without cache</source>
        <translation>Construire &amp;sans cache</translation>
    </message>
    <message>
        <source>Every step runs again, even when nothing it depends on has changed.</source>
        <translation>Chaque étape est exécutée de nouveau, même si rien de ce dont elle dépend n’a changé.</translation>
    </message>
    <message>
        <source>Build &amp;arguments</source>
        <translation>&amp;Arguments</translation>
    </message>
    <message>
        <source>NAME=value, one on each line</source>
        <translation>NOM=valeur, un par ligne</translation>
    </message>
    <message>
        <source>Values for the ARG instructions of the Dockerfile.</source>
        <translation>Valeurs des instructions ARG du Dockerfile.</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Ouvrir…</translation>
    </message>
    <message>
        <source>Choose the build context</source>
        <translation>Choisir le contexte de construction</translation>
    </message>
    <message>
        <source>The folder whose files COPY and ADD can take: %1</source>
        <translation>Le dossier dont COPY et ADD peuvent prendre les fichiers&#x202f;: %1</translation>
    </message>
    <message>
        <source>The name the built image gets</source>
        <translation>Le nom que reçoit l’image construite</translation>
    </message>
    <message>
        <source>An image name has small letters, digits and . _ - /, and may end with :tag</source>
        <translation>Un nom d’image contient des minuscules, des chiffres et . _ - /, et peut se terminer par&#x202f;:étiquette</translation>
    </message>
    <message>
        <source>Layers need the local engine. %1</source>
        <translation>Les couches ont besoin du moteur local. %1</translation>
    </message>
    <message>
        <source>Opening the store…</source>
        <translation>Ouverture du stockage…</translation>
    </message>
    <message>
        <source>Image %1</source>
        <translation>Image&#x202f;: %1</translation>
    </message>
    <message numerus="yes">
        <source>Context %1, %n file(s)</source>
        <translation>
            <numerusform>Contexte&#x202f;: %1, %n fichier</numerusform>
            <numerusform>Contexte&#x202f;: %1, %n fichiers</numerusform>
        </translation>
    </message>
    <message>
        <source>Image: %1
Context: %2</source>
        <translation>Image&#x202f;: %1
Contexte&#x202f;: %2</translation>
    </message>
    <message>
        <source>Each instruction of the Dockerfile with the layer it makes</source>
        <translation>Chaque instruction du Dockerfile et la couche qu’elle produit</translation>
    </message>
    <message>
        <source>Building…</source>
        <translation>Construction…</translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>%n problème</numerusform>
            <numerusform>%n problèmes</numerusform>
        </translation>
    </message>
    <message>
        <source>The build failed at line %1</source>
        <translation>La construction a échoué à la ligne %1</translation>
    </message>
    <message numerus="yes">
        <source>%n step(s) will run</source>
        <translation>
            <numerusform>%n étape à exécuter</numerusform>
            <numerusform>%n étapes à exécuter</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cached</source>
        <comment>steps</comment>
        <translation>
            <numerusform>%n en cache</numerusform>
            <numerusform>%n en cache</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing to run: every step is cached</source>
        <translation>Rien à exécuter&#x202f;: toutes les étapes sont en cache</translation>
    </message>
    <message>
        <source>Build %1</source>
        <translation>Construire %1</translation>
    </message>
</context>
<context>
    <name>Gui::CommandBox</name>
    <message>
        <source>Copy the command</source>
        <translation>Copier la commande</translation>
    </message>
    <message>
        <source>Command: %1</source>
        <translation>Commande&#x202f;: %1</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copié</translation>
    </message>
</context>
<context>
    <name>Gui::ConsoleHost</name>
    <message>
        <source>No console is open</source>
        <translation>Aucune console ouverte</translation>
    </message>
    <message>
        <source>%1 is not running</source>
        <translation>%1 n’est pas en cours d’exécution</translation>
    </message>
    <message>
        <source>A shell runs beside the container&apos;s own program and sees the same files.</source>
        <translation>Un shell s’exécute à côté du programme du conteneur et voit les mêmes fichiers.</translation>
    </message>
    <message>
        <source>A console needs a running container.</source>
        <translation>Une console a besoin d’un conteneur en cours d’exécution.</translation>
    </message>
    <message>
        <source>Open a shell</source>
        <translation>Ouvrir un shell</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Démarrer</translation>
    </message>
    <message>
        <source>Consoles of %1</source>
        <translation>Consoles de %1</translation>
    </message>
    <message>
        <source>Open another shell</source>
        <translation>Ouvrir un autre shell</translation>
    </message>
    <message>
        <source>Shell</source>
        <translation>Shell</translation>
    </message>
    <message>
        <source>Main program</source>
        <translation>Programme principal</translation>
    </message>
    <message>
        <source>Shell %1</source>
        <translation>Shell %1</translation>
    </message>
</context>
<context>
    <name>Gui::ConsoleView</name>
    <message>
        <source>New shell</source>
        <translation>Nouveau shell</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Redémarrer</translation>
    </message>
    <message>
        <source>Exited with code %1. %2</source>
        <translation>Terminé avec le code %1. %2</translation>
    </message>
    <message>
        <source>This image has no shell, so only its own program can be watched here.</source>
        <translation>Cette image n’a pas de shell&#x202f;: seul son propre programme peut être suivi ici.</translation>
    </message>
</context>
<context>
    <name>Gui::ContainerActions</name>
    <message>
        <source>Start</source>
        <translation>Démarrer</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Arrêter</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Redémarrer</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>Tuer</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>Console</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Journaux</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Renommer…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Supprimer…</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>an action, its key</comment>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>%1 (%2)
%3</source>
        <comment>an action, its key, its command</comment>
        <translation>%1 (%2)
%3</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Copier la commande</translation>
    </message>
    <message>
        <source>Id %1</source>
        <translation>Id %1</translation>
    </message>
</context>
<context>
    <name>Gui::ContainerModel</name>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Commande</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Création</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1
Id %2</source>
        <translation>%1
Id %2</translation>
    </message>
    <message>
        <source>%1
%2</source>
        <translation>%1
%2</translation>
    </message>
    <message>
        <source>Started %1</source>
        <translation>Démarré %1</translation>
    </message>
    <message>
        <source>%1
Image id %2</source>
        <translation>%1
Id de l’image&#x202f;: %2</translation>
    </message>
    <message>
        <source>Created</source>
        <comment>state of a container</comment>
        <translation>Créé</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>En cours</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pause</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Terminé</translation>
    </message>
    <message>
        <source>Exited (%1)</source>
        <translation>Terminé (%1)</translation>
    </message>
    <message>
        <source>Dead</source>
        <translation>Mort</translation>
    </message>
</context>
<context>
    <name>Gui::ContainersController</name>
    <message>
        <source>Starting…</source>
        <translation>Démarrage…</translation>
    </message>
    <message>
        <source>Starting %1</source>
        <translation>Démarrage de %1</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Arrêt…</translation>
    </message>
    <message>
        <source>Stopping %1</source>
        <translation>Arrêt de %1</translation>
    </message>
    <message>
        <source>Restarting…</source>
        <translation>Redémarrage…</translation>
    </message>
    <message>
        <source>Restarting %1</source>
        <translation>Redémarrage de %1</translation>
    </message>
    <message>
        <source>Killing…</source>
        <translation>Arrêt forcé…</translation>
    </message>
    <message>
        <source>Killing %1</source>
        <translation>Arrêt forcé de %1</translation>
    </message>
    <message>
        <source>Renaming %1 to %2</source>
        <translation>Renommage de %1 en %2</translation>
    </message>
    <message>
        <source>Removing…</source>
        <translation>Suppression…</translation>
    </message>
    <message>
        <source>Removing %1</source>
        <translation>Suppression de %1</translation>
    </message>
    <message>
        <source>Creating a container of %1</source>
        <translation>Création d’un conteneur de %1</translation>
    </message>
    <message>
        <source>IMAGE</source>
        <comment>placeholder in a command line</comment>
        <translation>IMAGE</translation>
    </message>
</context>
<context>
    <name>Gui::ContainersPage</name>
    <message>
        <source>Run…</source>
        <translation>Exécuter…</translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>Conteneurs</translation>
    </message>
    <message>
        <source>Looking for containers…</source>
        <translation>Recherche des conteneurs…</translation>
    </message>
    <message>
        <source>Open a console in %1</source>
        <translation>Ouvrir une console dans %1</translation>
    </message>
    <message>
        <source>Stop %1</source>
        <translation>Arrêter %1</translation>
    </message>
    <message>
        <source>Start %1</source>
        <translation>Démarrer %1</translation>
    </message>
    <message>
        <source>Filter the containers</source>
        <translation>Filtrer les conteneurs</translation>
    </message>
    <message>
        <source>Run an image in a new container (Ctrl+N)</source>
        <translation>Exécuter une image dans un nouveau conteneur (Ctrl+N)</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Journaux</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>Console</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Aperçu</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Inspecter</translation>
    </message>
    <message>
        <source>Details of the container</source>
        <translation>Détails du conteneur</translation>
    </message>
    <message>
        <source>The containers cannot be listed</source>
        <translation>Impossible de lister les conteneurs</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <extracomment>the number running, in the next sentence</extracomment>
        <translation>
            <numerusform>%n en cours</numerusform>
            <numerusform>%n en cours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n container(s), %1</source>
        <translation>
            <numerusform>%n conteneur, %1</numerusform>
            <numerusform>%n conteneurs, %1</numerusform>
        </translation>
    </message>
    <message>
        <source>No containers yet</source>
        <translation>Pas encore de conteneur</translation>
    </message>
    <message>
        <source>A container is a program with its own files, started from an image.</source>
        <translation>Un conteneur est un programme avec ses propres fichiers, démarré à partir d’une image.</translation>
    </message>
    <message>
        <source>Run an image…</source>
        <translation>Exécuter une image…</translation>
    </message>
    <message>
        <source>Nothing matches “%1”</source>
        <translation>Rien ne correspond à «&#x202f;%1&#x202f;»</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Tout afficher</translation>
    </message>
    <message>
        <source>Run a container</source>
        <translation>Exécuter un conteneur</translation>
    </message>
    <message>
        <source>Rename %1</source>
        <translation>Renommer %1</translation>
    </message>
    <message>
        <source>New name</source>
        <translation>Nouveau nom</translation>
    </message>
    <message>
        <source>Remove containers</source>
        <translation>Supprimer des conteneurs</translation>
    </message>
    <message>
        <source>Kill and remove %1?</source>
        <translation>Tuer et supprimer %1&#x202f;?</translation>
    </message>
    <message numerus="yes">
        <source>%n of them still run(s). What they wrote into their own files is lost.</source>
        <translation>
            <numerusform>%n d’entre eux s’exécute encore. Ce qu’ils ont écrit dans leurs propres fichiers est perdu.</numerusform>
            <numerusform>%n d’entre eux s’exécutent encore. Ce qu’ils ont écrit dans leurs propres fichiers est perdu.</numerusform>
        </translation>
    </message>
    <message>
        <source>Kill and remove</source>
        <translation>Tuer et supprimer</translation>
    </message>
    <message>
        <source>Filter…</source>
        <translation>Filtrer…</translation>
    </message>
</context>
<context>
    <name>Gui::EditorPanel</name>
    <message>
        <source>Layers</source>
        <translation>Couches</translation>
    </message>
    <message>
        <source>Recent files</source>
        <translation>Fichiers récents</translation>
    </message>
    <message>
        <source>Dockerfile</source>
        <translation>Dockerfile</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Ouvrir…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Enregistrer sous…</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>Rechercher…</translation>
    </message>
    <message>
        <source>Comment or uncomment</source>
        <translation>Commenter ou décommenter</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Plus</translation>
    </message>
    <message>
        <source>Line %1, column %2</source>
        <translation>Ligne %1, colonne %2</translation>
    </message>
    <message>
        <source>%1 was deleted or moved. Save to write it again.</source>
        <translation>%1 a été supprimé ou déplacé. Enregistrez pour l’écrire de nouveau.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>This file is read-only: it can be built, not changed.</source>
        <translation>Ce fichier est en lecture seule&#x202f;: il peut être construit, pas modifié.</translation>
    </message>
    <message>
        <source>No file</source>
        <translation>Aucun fichier</translation>
    </message>
    <message>
        <source>%1 – not saved</source>
        <translation>%1 – non enregistré</translation>
    </message>
    <message>
        <source>Open a Dockerfile</source>
        <translation>Ouvrir un Dockerfile</translation>
    </message>
    <message>
        <source>Dockerfiles (Dockerfile* Containerfile* *.dockerfile *.containerfile)</source>
        <translation>Dockerfiles (Dockerfile* Containerfile* *.dockerfile *.containerfile)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Save the Dockerfile as</source>
        <translation>Enregistrer le Dockerfile sous</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Another program changed %1: its new content is shown.</source>
        <translation>Un autre programme a modifié %1&#x202f;: son nouveau contenu est affiché.</translation>
    </message>
    <message>
        <source>Another program changed %1, and you have changes that are not saved.</source>
        <translation>Un autre programme a modifié %1, et vos propres modifications ne sont pas enregistrées.</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>Recharger</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>Garder les miennes</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Modifications non enregistrées</translation>
    </message>
    <message>
        <source>%1 has changes that are not saved.</source>
        <translation>%1 contient des modifications non enregistrées.</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Abandonner</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
</context>
<context>
    <name>Gui::Errors</name>
    <message>
        <source>Cancelled</source>
        <translation>Annulé</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Introuvable</translation>
    </message>
    <message>
        <source>The name is taken</source>
        <translation>Le nom est déjà pris</translation>
    </message>
    <message>
        <source>This does not work as written</source>
        <translation>Cela ne fonctionne pas tel quel</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>Permission refusée</translation>
    </message>
    <message>
        <source>The registry asks who you are</source>
        <translation>Le registre demande qui vous êtes</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Pas de réponse</translation>
    </message>
    <message>
        <source>It took too long</source>
        <translation>Délai dépassé</translation>
    </message>
    <message>
        <source>The data is damaged</source>
        <translation>Les données sont endommagées</translation>
    </message>
    <message>
        <source>No space left</source>
        <translation>Plus d’espace disponible</translation>
    </message>
    <message>
        <source>Still in use</source>
        <translation>Encore utilisé</translation>
    </message>
    <message>
        <source>Not supported</source>
        <translation>Non pris en charge</translation>
    </message>
    <message>
        <source>Something is missing on this computer</source>
        <translation>Il manque quelque chose sur cet ordinateur</translation>
    </message>
    <message>
        <source>A command failed</source>
        <translation>Une commande a échoué</translation>
    </message>
    <message>
        <source>The system reported an error</source>
        <translation>Le système a signalé une erreur</translation>
    </message>
    <message>
        <source>Check the spelling, or pull the image first.</source>
        <translation>Vérifiez l’orthographe, ou téléchargez d’abord l’image.</translation>
    </message>
    <message>
        <source>Choose another name, or remove the one that has it.</source>
        <translation>Choisissez un autre nom, ou supprimez l’objet qui le porte.</translation>
    </message>
    <message>
        <source>Check the network and the registry&apos;s address, then try again.</source>
        <translation>Vérifiez le réseau et l’adresse du registre, puis réessayez.</translation>
    </message>
    <message>
        <source>Remove images or containers you no longer need, then try again.</source>
        <translation>Supprimez les images ou les conteneurs devenus inutiles, puis réessayez.</translation>
    </message>
    <message>
        <source>Stop or remove what uses it first.</source>
        <translation>Arrêtez ou supprimez d’abord ce qui l’utilise.</translation>
    </message>
    <message>
        <source>Try again; if it stays, fetch it from another place.</source>
        <translation>Réessayez&#x202f;; si l’erreur persiste, récupérez-le ailleurs.</translation>
    </message>
    <message>
        <source>It ended normally.</source>
        <translation>Il s’est terminé normalement.</translation>
    </message>
    <message>
        <source>The program reported an error.</source>
        <translation>Le programme a signalé une erreur.</translation>
    </message>
    <message>
        <source>The container could not be set up.</source>
        <translation>Le conteneur n’a pas pu être préparé.</translation>
    </message>
    <message>
        <source>The command was found but cannot be executed.</source>
        <translation>La commande a été trouvée mais ne peut pas être exécutée.</translation>
    </message>
    <message>
        <source>The command was not found in the image.</source>
        <translation>La commande est introuvable dans l’image.</translation>
    </message>
    <message>
        <source>It was interrupted (Ctrl+C, SIGINT).</source>
        <translation>Il a été interrompu (Ctrl+C, SIGINT).</translation>
    </message>
    <message>
        <source>It was killed (SIGKILL), by hand or for want of memory.</source>
        <translation>Il a été tué (SIGKILL), à la main ou faute de mémoire.</translation>
    </message>
    <message>
        <source>It crashed: invalid memory access (SIGSEGV).</source>
        <translation>Il a planté&#x202f;: accès mémoire invalide (SIGSEGV).</translation>
    </message>
    <message>
        <source>It was asked to end and did (SIGTERM).</source>
        <translation>On lui a demandé de se terminer, et il l’a fait (SIGTERM).</translation>
    </message>
    <message>
        <source>It was ended by signal %1.</source>
        <translation>Il a été terminé par le signal %1.</translation>
    </message>
</context>
<context>
    <name>Gui::FindBar</name>
    <message>
        <source>Find</source>
        <translation>Rechercher</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>Respecter la casse</translation>
    </message>
    <message>
        <source>Previous place</source>
        <translation>Occurrence précédente</translation>
    </message>
    <message>
        <source>Next place</source>
        <translation>Occurrence suivante</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message numerus="yes">
        <source>%n place(s)</source>
        <translation>
            <numerusform>%n occurrence</numerusform>
            <numerusform>%n occurrences</numerusform>
        </translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Introuvable</translation>
    </message>
</context>
<context>
    <name>Gui::Format</name>
    <message>
        <source>1 byte</source>
        <translation>1 octet</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 octets</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>à l’instant</translation>
    </message>
    <message numerus="yes">
        <source>%n second(s) ago</source>
        <translation>
            <numerusform>il y a %n seconde</numerusform>
            <numerusform>il y a %n secondes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>il y a %n minute</numerusform>
            <numerusform>il y a %n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation>
            <numerusform>il y a %n heure</numerusform>
            <numerusform>il y a %n heures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>il y a %n jour</numerusform>
            <numerusform>il y a %n jours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n week(s) ago</source>
        <translation>
            <numerusform>il y a %n semaine</numerusform>
            <numerusform>il y a %n semaines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n month(s) ago</source>
        <translation>
            <numerusform>il y a %n mois</numerusform>
            <numerusform>il y a %n mois</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n year(s) ago</source>
        <translation>
            <numerusform>il y a %n an</numerusform>
            <numerusform>il y a %n ans</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
</context>
<context>
    <name>Gui::HistoryModel</name>
    <message>
        <source>Step</source>
        <translation>Étape</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Création</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <source>–</source>
        <comment>a step that made no layer</comment>
        <translation>–</translation>
    </message>
    <message>
        <source>This step changed settings only; it made no layer.</source>
        <translation>Cette étape n’a modifié que des réglages&#x202f;; elle n’a produit aucune couche.</translation>
    </message>
</context>
<context>
    <name>Gui::ImageModel</name>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Création</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>Conteneurs</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>(sans nom)</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 et %n autre</numerusform>
            <numerusform>%1 et %n autres</numerusform>
        </translation>
    </message>
    <message>
        <source>–</source>
        <comment>no containers</comment>
        <translation>–</translation>
    </message>
    <message>
        <source>No name points at this image any more.</source>
        <translation>Plus aucun nom ne désigne cette image.</translation>
    </message>
    <message>
        <source>The image does not say when it was made.</source>
        <translation>L’image ne dit pas quand elle a été créée.</translation>
    </message>
    <message>
        <source>%1, of which %2 are shared with other images</source>
        <translation>%1, dont %2 partagés avec d’autres images</translation>
    </message>
    <message numerus="yes">
        <source>%n container(s) made from this image</source>
        <translation>
            <numerusform>%n conteneur créé à partir de cette image</numerusform>
            <numerusform>%n conteneurs créés à partir de cette image</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::ImagesController</name>
    <message>
        <source>Pulling %1</source>
        <translation>Téléchargement de %1</translation>
    </message>
    <message>
        <source>Asking the registry</source>
        <translation>Interrogation du registre</translation>
    </message>
    <message>
        <source>Naming %1 %2</source>
        <translation>Attribution à %1 du nom %2</translation>
    </message>
    <message>
        <source>Removing %1</source>
        <translation>Suppression de %1</translation>
    </message>
</context>
<context>
    <name>Gui::ImagesPage</name>
    <message>
        <source>Pull…</source>
        <translation>Télécharger…</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Images</translation>
    </message>
    <message>
        <source>History of the image</source>
        <translation>Historique de l’image</translation>
    </message>
    <message>
        <source>%1 is here</source>
        <translation>%1 est là</translation>
    </message>
    <message>
        <source>The images cannot be listed</source>
        <translation>Impossible de lister les images</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Run %1</source>
        <translation>Exécuter %1</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historique</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Inspecter</translation>
    </message>
    <message>
        <source>Details of the image</source>
        <translation>Détails de l’image</translation>
    </message>
    <message>
        <source>Run…</source>
        <translation>Exécuter…</translation>
    </message>
    <message>
        <source>Add a name…</source>
        <translation>Ajouter un nom…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Supprimer…</translation>
    </message>
    <message>
        <source>Filter the images</source>
        <translation>Filtrer les images</translation>
    </message>
    <message>
        <source>Fetch an image from a registry (Ctrl+N)</source>
        <translation>Récupérer une image depuis un registre (Ctrl+N)</translation>
    </message>
    <message>
        <source>Looking for images…</source>
        <translation>Recherche des images…</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message>
        <source>No images yet</source>
        <translation>Pas encore d’image</translation>
    </message>
    <message>
        <source>An image is what containers start from: files in layers, and how to run them.</source>
        <translation>Une image est le point de départ des conteneurs&#x202f;: des fichiers en couches, et la façon de les exécuter.</translation>
    </message>
    <message>
        <source>Pull an image…</source>
        <translation>Télécharger une image…</translation>
    </message>
    <message>
        <source>Nothing matches “%1”</source>
        <translation>Rien ne correspond à «&#x202f;%1&#x202f;»</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Tout afficher</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>Pull an image</source>
        <translation>Télécharger une image</translation>
    </message>
    <message>
        <source>Fetches an image from a registry. A name without a registry means Docker Hub.</source>
        <translation>Récupère une image depuis un registre. Un nom sans registre désigne Docker Hub.</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>&amp;Image</translation>
    </message>
    <message>
        <source>Pull</source>
        <translation>Télécharger</translation>
    </message>
    <message>
        <source>IMAGE</source>
        <translation>IMAGE</translation>
    </message>
    <message>
        <source>Add a name</source>
        <translation>Ajouter un nom</translation>
    </message>
    <message>
        <source>Gives %1 one more name. The old ones stay.</source>
        <translation>Donne un nom de plus à %1. Les anciens restent.</translation>
    </message>
    <message>
        <source>&amp;New name</source>
        <translation>&amp;Nouveau nom</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Ajouter</translation>
    </message>
    <message>
        <source>Remove an image</source>
        <translation>Supprimer une image</translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation>Supprimer %1&#x202f;?</translation>
    </message>
    <message>
        <source>Remove a name of this image, or all of them?</source>
        <translation>Supprimer un nom de cette image, ou tous&#x202f;?</translation>
    </message>
    <message>
        <source>Its layers go with it, %1, but for those that other images share.</source>
        <translation>Ses couches disparaissent avec elle (%1), sauf celles que d’autres images partagent.</translation>
    </message>
    <message>
        <source>The image itself stays as long as it has a name.</source>
        <translation>L’image elle-même reste tant qu’elle a un nom.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Tous</translation>
    </message>
    <message>
        <source>Stopped containers keep working without the name.</source>
        <translation>Les conteneurs arrêtés continuent de fonctionner sans ce nom.</translation>
    </message>
    <message>
        <source>Remove the name all the same</source>
        <translation>Supprimer quand même le nom</translation>
    </message>
    <message>
        <source>Filter…</source>
        <translation>Filtrer…</translation>
    </message>
</context>
<context>
    <name>Gui::LayerColumn</name>
    <message>
        <source>Layers</source>
        <translation>Couches</translation>
    </message>
    <message>
        <source>metadata</source>
        <extracomment>in place of a size: the instruction makes no layer</extracomment>
        <translation>métadonnées</translation>
    </message>
    <message>
        <source>not used by the target</source>
        <translation>inutile pour la cible</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Phase</translation>
    </message>
</context>
<context>
    <name>Gui::LogPane</name>
    <message>
        <source>Search in the log</source>
        <translation>Rechercher dans le journal</translation>
    </message>
    <message>
        <source>Ctrl+F. Enter goes to the next place, Shift+Enter to the one before.</source>
        <translation>Ctrl+F. Entrée mène à l’occurrence suivante, Maj+Entrée à la précédente.</translation>
    </message>
    <message>
        <source>Follow the end</source>
        <translation>Suivre la fin</translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation>Replier les longues lignes</translation>
    </message>
    <message>
        <source>Show times</source>
        <translation>Afficher l’heure</translation>
    </message>
    <message>
        <source>Save the log to a file…</source>
        <translation>Enregistrer le journal dans un fichier…</translation>
    </message>
    <message>
        <source>Save the log to a file</source>
        <translation>Enregistrer le journal dans un fichier</translation>
    </message>
    <message>
        <source>Nothing written yet</source>
        <translation>Rien d’écrit pour l’instant</translation>
    </message>
    <message>
        <source>What the container writes to its output appears here.</source>
        <translation>Ce que le conteneur écrit sur sa sortie apparaît ici.</translation>
    </message>
    <message>
        <source>The log cannot be read</source>
        <translation>Le journal ne peut pas être lu</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>introuvable</translation>
    </message>
    <message numerus="yes">
        <source>in %n line(s)</source>
        <translation>
            <numerusform>dans %n ligne</numerusform>
            <numerusform>dans %n lignes</numerusform>
        </translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>Enregistrer le journal</translation>
    </message>
    <message>
        <source>Text files (*.log *.txt)</source>
        <translation>Fichiers texte (*.log *.txt)</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2.</source>
        <translation>Impossible d’écrire %1&#x202f;: %2.</translation>
    </message>
</context>
<context>
    <name>Gui::LogView</name>
    <message>
        <source>Log</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Tout sélectionner</translation>
    </message>
</context>
<context>
    <name>Gui::MainWindow</name>
    <message>
        <source>%1 is removed</source>
        <translation>%1 est supprimé</translation>
    </message>
    <message numerus="yes">
        <source>%n container(s) removed</source>
        <translation>
            <numerusform>%n conteneur supprimé</numerusform>
            <numerusform>%n conteneurs supprimés</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1&#x202f;: %2</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Afficher</translation>
    </message>
</context>
<context>
    <name>Gui::NoticeBar</name>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>Gui::OutputPanel</name>
    <message>
        <source>Follow the output</source>
        <translation>Suivre la sortie</translation>
    </message>
    <message>
        <source>Build output</source>
        <translation>Sortie de la construction</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Arrêt…</translation>
    </message>
    <message>
        <source>Building…</source>
        <translation>Construction…</translation>
    </message>
    <message>
        <source>Built %1 (%2) in %3</source>
        <translation>%1 construite (%2) en %3</translation>
    </message>
    <message>
        <source>The build was stopped</source>
        <translation>La construction a été arrêtée</translation>
    </message>
    <message>
        <source>The build failed</source>
        <translation>La construction a échoué</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>Ligne %1&#x202f;: %2</translation>
    </message>
</context>
<context>
    <name>Gui::OverviewPane</name>
    <message>
        <source>Ended</source>
        <translation>Fin</translation>
    </message>
    <message>
        <source>%1, with exit code %2. %3</source>
        <translation>%1, avec le code de sortie %2. %3</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Erreur</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Commande</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Démarrage</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Création</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Réseau</translation>
    </message>
    <message>
        <source>the computer&apos;s own (host)</source>
        <translation>celui de l’ordinateur (host)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucun</translation>
    </message>
    <message>
        <source>Ports of the image</source>
        <translation>Ports de l’image</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Processus</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>oui</translation>
    </message>
    <message>
        <source>no</source>
        <translation>non</translation>
    </message>
    <message>
        <source>At its end</source>
        <translation>À la fin</translation>
    </message>
    <message>
        <source>it is removed</source>
        <translation>il est supprimé</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
</context>
<context>
    <name>Gui::Page</name>
    <message>
        <source>Opening the store…</source>
        <translation>Ouverture du stockage…</translation>
    </message>
    <message>
        <source>Slipway has to be started again afterwards.</source>
        <translation>Il faudra ensuite redémarrer Slipway.</translation>
    </message>
    <message>
        <source>Containers cannot run here yet</source>
        <translation>Les conteneurs ne peuvent pas encore fonctionner ici</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
</context>
<context>
    <name>Gui::PullMeter</name>
    <message numerus="yes">
        <source>%1 of %n layer(s) complete</source>
        <translation>
            <numerusform>%1 couche sur %n terminée</numerusform>
            <numerusform>%1 couches sur %n terminées</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::Rail</name>
    <message>
        <source>Places</source>
        <translation>Rubriques</translation>
    </message>
</context>
<context>
    <name>Gui::RailButton</name>
    <message>
        <source>%1 (%2)</source>
        <comment>name of a place, its shortcut</comment>
        <translation>%1 (%2)</translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n en cours</numerusform>
            <numerusform>%n en cours</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::RunDialog</name>
    <message>
        <source>&amp;Interactive, with a terminal</source>
        <translation>&amp;Interactif, avec un terminal</translation>
    </message>
    <message>
        <source>Remove the container when it e&amp;xits</source>
        <translation>Supprimer le conteneur quand il se &amp;termine</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Exécuter</translation>
    </message>
    <message>
        <source>Run a container</source>
        <translation>Exécuter un conteneur</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>I&amp;mage</source>
        <translation>I&amp;mage</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Nom</translation>
    </message>
    <message>
        <source>&amp;Command</source>
        <translation>&amp;Commande</translation>
    </message>
    <message>
        <source>made up when left empty</source>
        <translation>inventé s’il est laissé vide</translation>
    </message>
    <message>
        <source>the image&apos;s own when left empty</source>
        <translation>celle de l’image si elle est laissée vide</translation>
    </message>
    <message>
        <source>The computer&apos;s own (host)</source>
        <translation>Celui de l’ordinateur (host)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Aucun</translation>
    </message>
    <message>
        <source>&amp;Environment</source>
        <translation>&amp;Environnement</translation>
    </message>
    <message>
        <source>&amp;Folders</source>
        <translation>&amp;Dossiers</translation>
    </message>
    <message>
        <source>One a line: folder here, colon, folder in the container; :ro at the end makes it read-only.</source>
        <translation>Un par ligne&#x202f;: dossier d’ici, deux-points, dossier dans le conteneur&#x202f;; «&#x202f;:ro&#x202f;» à la fin le met en lecture seule.</translation>
    </message>
    <message>
        <source>One variable a line.</source>
        <translation>Une variable par ligne.</translation>
    </message>
    <message>
        <source>Net&amp;work</source>
        <translation>&amp;Réseau</translation>
    </message>
    <message>
        <source>&amp;User</source>
        <translation>&amp;Utilisateur</translation>
    </message>
    <message>
        <source>Working fol&amp;der</source>
        <translation>D&amp;ossier de travail</translation>
    </message>
    <message>
        <source>Name an image.</source>
        <translation>Indiquez une image.</translation>
    </message>
    <message>
        <source>A quotation mark in the command is not closed.</source>
        <translation>Un guillemet de la commande n’est pas fermé.</translation>
    </message>
    <message>
        <source>“%1” is no variable: it should read NAME=value.</source>
        <translation>«&#x202f;%1&#x202f;» n’est pas une variable&#x202f;: écrivez NOM=valeur.</translation>
    </message>
    <message>
        <source>“%1” is no folder pair: it should read /folder/here:/folder/there, with full paths.</source>
        <translation>«&#x202f;%1&#x202f;» n’est pas une paire de dossiers&#x202f;: écrivez /dossier/ici:/dossier/là-bas, avec des chemins complets.</translation>
    </message>
</context>
<context>
    <name>Gui::SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>Réglages</translation>
    </message>
    <message>
        <source>Slipway %1</source>
        <translation>Slipway %1</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Apparence</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Moteur</translation>
    </message>
    <message>
        <source>Like the desktop</source>
        <translation>Comme le bureau</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claire</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Sombre</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>&amp;Couleurs</translation>
    </message>
    <message>
        <source>The store is being opened.</source>
        <translation>Le stockage est en cours d’ouverture.</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>Stockage</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Moteur d’exécution</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>Moniteur</translation>
    </message>
    <message>
        <source>Runs as</source>
        <translation>S’exécute en tant que</translation>
    </message>
    <message>
        <source>an ordinary user, in a user namespace</source>
        <translation>utilisateur ordinaire, dans un espace de noms utilisateur</translation>
    </message>
    <message>
        <source>root</source>
        <translation>root</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Pilote de stockage</translation>
    </message>
    <message>
        <source>Control groups</source>
        <translation>Groupes de contrôle</translation>
    </message>
    <message>
        <source>Security</source>
        <translation>Sécurité</translation>
    </message>
    <message>
        <source>System</source>
        <translation>Système</translation>
    </message>
    <message>
        <source>%1, Linux %2, %3</source>
        <translation>%1, Linux %2, %3</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>Ordinateur</translation>
    </message>
    <message numerus="yes">
        <source>%n processor(s), %1 memory</source>
        <translation>
            <numerusform>%n processeur, %1 de mémoire</numerusform>
            <numerusform>%n processeurs, %1 de mémoire</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Gui::Starter</name>
    <message>
        <source>Adding the starter image</source>
        <translation>Ajout de l’image de départ</translation>
    </message>
</context>
<context>
    <name>Gui::TaskDelegate</name>
    <message>
        <source>Cancelled</source>
        <translation>Annulé</translation>
    </message>
    <message>
        <source>%1, took %2</source>
        <translation>%1, en %2</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 sur %2</translation>
    </message>
</context>
<context>
    <name>Gui::TerminalView</name>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Coller</translation>
    </message>
    <message numerus="yes">
        <source>Paste %n line(s) into the console?</source>
        <translation>
            <numerusform>Coller %n ligne dans la console&#x202f;?</numerusform>
            <numerusform>Coller %n lignes dans la console&#x202f;?</numerusform>
        </translation>
    </message>
    <message>
        <source>The program there runs each line at once.</source>
        <translation>Le programme qui s’y trouve exécute chaque ligne immédiatement.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
</context>
<context>
    <name>Gui::TextDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
</context>
<context>
    <name>InstructionHelp</name>
    <message>
        <source>Sets the base image the new image is built upon; its layers are shared, not copied.</source>
        <translation>Définit l’image de base à partir de laquelle la nouvelle image est créée&#x202f;; ses couches sont partagées, pas copiées.</translation>
    </message>
    <message>
        <source>Runs a command while the image is built and keeps what it writes as a new layer above the current image.</source>
        <translation>Exécute une commande lors de la construction de l’image et conserve ce qu’elle écrit dans une nouvelle couche au-dessus de l’image courante.</translation>
    </message>
    <message>
        <source>Copies files or folders of the build context into a new layer.</source>
        <translation>Copie un fichier ou un répertoire depuis le contexte de construction vers une nouvelle couche.</translation>
    </message>
    <message>
        <source>Like COPY, but also unpacks archives and fetches addresses; prefer COPY where it is enough.</source>
        <translation>Comme COPY, mais décompresse aussi les archives et télécharge des adresses&#x202f;; préférez COPY lorsqu’il suffit.</translation>
    </message>
    <message>
        <source>Sets environment variables for the steps below and for the container; changes metadata only, no layer.</source>
        <translation>Définit des variables d’environnement pour les étapes suivantes et pour le conteneur&#x202f;; ne change que les métadonnées, sans couche.</translation>
    </message>
    <message>
        <source>Declares a variable that exists only while building; its value comes from the build’s arguments.</source>
        <translation>Déclare une variable qui n’existe que pendant la construction&#x202f;; sa valeur vient des arguments de construction.</translation>
    </message>
    <message>
        <source>Attaches metadata to the image, such as its author or licence.</source>
        <translation>Associe des métadonnées à l’image, par exemple son auteur ou sa licence.</translation>
    </message>
    <message>
        <source>Sets the working directory in the container; if it does not exist, it is created.</source>
        <translation>Définit le répertoire de travail dans le conteneur&#x202f;; s’il n’existe pas, il est créé.</translation>
    </message>
    <message>
        <source>Tells which network ports the container listens on; it publishes nothing by itself.</source>
        <translation>Indique les ports réseau sur lesquels le conteneur écoute&#x202f;; ne publie rien par elle-même.</translation>
    </message>
    <message>
        <source>Sets the user for the steps below and for the container: not being root limits what a mistake can damage.</source>
        <translation>Définit l’utilisateur des étapes suivantes et du conteneur&#x202f;: ne pas être root limite les dégâts d’une erreur.</translation>
    </message>
    <message>
        <source>Sets the command a container runs by default; arguments given when running replace it.</source>
        <translation>Définit la commande par défaut exécutée au démarrage du conteneur&#x202f;; une commande fournie à l’exécution la remplace.</translation>
    </message>
    <message>
        <source>Sets the command a container always runs; arguments given when running are added to it instead of replacing it.</source>
        <translation>Définit la commande de base lancée par le conteneur&#x202f;; les arguments fournis à l’exécution s’y ajoutent au lieu de la remplacer.</translation>
    </message>
    <message>
        <source>Marks a folder whose data is kept outside the container’s layers.</source>
        <translation>Désigne un dossier dont les données sont conservées hors des couches du conteneur.</translation>
    </message>
    <message>
        <source>Says how to find out whether a running container still works.</source>
        <translation>Indique comment vérifier qu’un conteneur en cours d’exécution fonctionne encore.</translation>
    </message>
    <message>
        <source>Chooses the shell for commands written in the shell form.</source>
        <translation>Choisit le shell des commandes écrites en syntaxe shell.</translation>
    </message>
    <message>
        <source>Chooses the signal that asks the container to stop.</source>
        <translation>Choisit le signal qui demande au conteneur de s’arrêter.</translation>
    </message>
    <message>
        <source>Keeps an instruction for later: it runs when another image is built from this one.</source>
        <translation>Garde une instruction pour plus tard&#x202f;: elle s’exécute quand une autre image est construite à partir de celle-ci.</translation>
    </message>
    <message>
        <source>Names the author; outdated, write a LABEL instead.</source>
        <translation>Nomme l’auteur&#x202f;; obsolète, écrivez plutôt un LABEL.</translation>
    </message>
</context>
<context>
    <name>StepCause</name>
    <message>
        <source>the cache is not to be used</source>
        <translation>le cache ne doit pas servir</translation>
    </message>
    <message>
        <source>a line above runs again</source>
        <translation>une ligne plus haut s’exécute de nouveau</translation>
    </message>
    <message>
        <source>a line above is new: %1</source>
        <translation>une ligne plus haut est nouvelle : %1</translation>
    </message>
    <message>
        <source>a line above changed: %1</source>
        <translation>une ligne plus haut a changé : %1</translation>
    </message>
    <message>
        <source>a line above is gone: %1</source>
        <translation>une ligne plus haut a disparu : %1</translation>
    </message>
    <message>
        <source>the line is new</source>
        <translation>la ligne est nouvelle</translation>
    </message>
    <message>
        <source>its stage is new</source>
        <translation>sa phase est nouvelle</translation>
    </message>
    <message>
        <source>its base image is not here yet</source>
        <translation>son image de base n’est pas encore là</translation>
    </message>
    <message>
        <source>the registry is asked for its base image first</source>
        <translation>le registre est d’abord interrogé sur son image de base</translation>
    </message>
    <message>
        <source>the registry is asked for the image %1 first</source>
        <translation>le registre est d’abord interrogé sur l’image %1</translation>
    </message>
    <message>
        <source>the registry is asked for a newer image</source>
        <translation>le registre est interrogé sur une image plus récente</translation>
    </message>
    <message>
        <source>the instruction changed, it was: %1</source>
        <translation>l’instruction a changé, c’était : %1</translation>
    </message>
    <message>
        <source>the instruction means something else than last time</source>
        <translation>l’instruction ne signifie plus la même chose</translation>
    </message>
    <message>
        <source>its here-document changed</source>
        <translation>son document en ligne a changé</translation>
    </message>
    <message>
        <source>no cached result</source>
        <translation>aucun résultat en cache</translation>
    </message>
    <message>
        <source>no cached result any more</source>
        <translation>plus aucun résultat en cache</translation>
    </message>
    <message>
        <source>the layer below is another one than last time</source>
        <translation>la couche du dessous n’est plus la même</translation>
    </message>
    <message>
        <source>the base image %1 is another one than last time</source>
        <translation>l’image de base %1 n’est plus la même</translation>
    </message>
    <message>
        <source>the image %1 is another one than last time</source>
        <translation>l’image %1 n’est plus la même</translation>
    </message>
    <message>
        <source>stage %1 is another one than last time</source>
        <translation>la phase %1 n’est plus la même</translation>
    </message>
    <message>
        <source>the image %1 is not here yet and will be pulled</source>
        <translation>l’image %1 n’est pas encore là et sera téléchargée</translation>
    </message>
    <message>
        <source>stage %1 runs again</source>
        <translation>la phase %1 s’exécute de nouveau</translation>
    </message>
    <message>
        <source>the mode of %1 was %2 and is now %3</source>
        <translation>le mode de %1 était %2 et vaut maintenant %3</translation>
    </message>
    <message>
        <source>the extended attributes of %1 changed</source>
        <translation>les attributs étendus de %1 ont changé</translation>
    </message>
    <message>
        <source>the working directory was %1 and is now %2</source>
        <translation>le répertoire de travail était %1 et vaut maintenant %2</translation>
    </message>
    <message>
        <source>the user was %1 and is now %2</source>
        <translation>l’utilisateur était %1 et vaut maintenant %2</translation>
    </message>
    <message>
        <source>the shell was %1 and is now %2</source>
        <translation>l’interpréteur était %1 et vaut maintenant %2</translation>
    </message>
    <message>
        <source>the network was %1 and is now %2</source>
        <translation>le réseau était %1 et vaut maintenant %2</translation>
    </message>
    <message>
        <source>%1 was %2 and is now empty</source>
        <translation>%1 valait %2 et est maintenant vide</translation>
    </message>
    <message>
        <source>%1 was empty and is now %2</source>
        <translation>%1 était vide et vaut maintenant %2</translation>
    </message>
    <message>
        <source>%1 was %2 and is now %3</source>
        <translation>%1 valait %2 et vaut maintenant %3</translation>
    </message>
    <message>
        <source>.dockerignore now leaves out %1</source>
        <translation>.dockerignore écarte maintenant %1</translation>
    </message>
    <message>
        <source>.dockerignore no longer leaves out %1</source>
        <translation>.dockerignore n’écarte plus %1</translation>
    </message>
    <message>
        <source>%1 changed</source>
        <translation>%1 a changé</translation>
    </message>
    <message>
        <source>%1 is new</source>
        <translation>%1 est nouveau</translation>
    </message>
    <message>
        <source>%1 is gone</source>
        <translation>%1 a disparu</translation>
    </message>
</context>
<context>
    <name>StepState</name>
    <message>
        <source>Cached</source>
        <translation>En cache</translation>
    </message>
    <message>
        <source>Will run</source>
        <translation>À exécuter</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>En attente</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>En cours</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Terminée</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Échec</translation>
    </message>
    <message>
        <source>Invalid</source>
        <translation>Invalide</translation>
    </message>
    <message>
        <source>Unused</source>
        <translation>Inutilisée</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Inconnue</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more file(s)</source>
        <extracomment>%1 is a sentence: &quot;package.json changed&quot;</extracomment>
        <translation>
            <numerusform>%1 et %n fichier de plus</numerusform>
            <numerusform>%1 et %n fichiers de plus</numerusform>
        </translation>
    </message>
</context>
</TS>
